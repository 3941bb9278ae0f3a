"""The titles, specialities, duties and skills in the postings of each trade.

The phrases have slots that :mod:`.prose` fills: ``{thing}`` is something the company works on,
``{partner}`` someone it works with, ``{town}`` a place, and ``{n}`` a small number.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trade:
    department: str
    titles: tuple[str, ...]
    specialities: tuple[str, ...]
    duties: tuple[str, ...]
    skills: tuple[str, ...]


ENGINEERING = Trade(
    department="Engineering",
    titles=(
        "Backend Engineer",
        "Senior Software Engineer",
        "Embedded Developer",
        "Site Reliability Engineer",
        "Test Automation Engineer",
        "Staff Engineer",
    ),
    specialities=("Platform", "Billing & Accounts", "Device Firmware", "Mobile", "Search", "R&D"),
    duties=(
        "Write and review services that keep {thing} answering within {n} milliseconds",
        "Take apart an old scheduler and replace it step by step with {n} smaller ones",
        "Pair with {partner} on interfaces that outlive any single release of {thing}",
        "Carry the pager one week in {n} and leave the runbook better than you found it",
        "Measure before tuning, and publish the measurements of {thing} next to the change",
        "Turn incident notes about {thing} into tests that would have caught the fault",
        "Guide {n} colleagues in {town} through their first production release",
        "Move {thing} from nightly jobs to a stream of small, replayable events",
        "Keep the build under {n} minutes while the code base grows",
        "Draw the data model of {thing} together with the people who enter the data",
    ),
    skills=(
        "{n} years of shipping typed Python, Go or Rust to people who depend on it",
        "A habit of deleting code when {thing} no longer needs it",
        "Working knowledge of Postgres, including how to read a query plan",
        "Comfort with message queues, idempotent writes and partial failure",
        "Clear written English, because half of our design happens in documents",
        "Experience with hardware in the loop, or the wish to learn it in {town}",
        "An eye for interfaces that {partner} can use without asking you",
        "Curiosity about the physics behind {thing}",
    ),
)

ANALYSIS = Trade(
    department="Data",
    titles=(
        "Data Analyst",
        "Analytics Engineer",
        "Forecasting Scientist",
        "Machine Learning Engineer",
        "Statistician",
    ),
    specialities=("Demand", "Risk", "Customer Insight", "Operations Research", "Data Quality"),
    duties=(
        "Build the forecast that decides how {thing} is staffed {n} weeks ahead",
        "Explain a surprising number to {partner} without hiding the uncertainty",
        "Retire {n} overlapping dashboards and agree on one definition of each measure",
        "Label, with experts in {town}, the {n} hundred hardest examples we have",
        "Design experiments around {thing} that end on a date fixed beforehand",
        "Watch for drift in {thing} and raise the alarm before {partner} notices",
        "Document where every column of the warehouse comes from and who owns it",
        "Compare a simple baseline with each clever model, and ship the simple one when it wins",
        "Prepare the quarterly review of {thing} for people who never open a notebook",
    ),
    skills=(
        "Fluency in SQL, with {n} or more years of questions answered in it",
        "Sound statistics: you know when a difference in {thing} means nothing",
        "Python for analysis, kept in version control and covered by tests",
        "Patience with messy records that {partner} typed in by hand",
        "A portfolio of charts that a reader in {town} understood in ten seconds",
        "Practice with time series, survival analysis or geographic data",
        "The courage to say that {thing} can't be predicted from what we hold",
        "Interest in training {n} colleagues who want to answer their own questions",
    ),
)

FIELDWORK = Trade(
    department="Field Services",
    titles=(
        "Field Technician",
        "Maintenance Engineer",
        "Commissioning Lead",
        "Electrical Fitter",
        "Blade Inspector",
        "Instrument Specialist",
        "Crane Operator",
    ),
    specialities=("Night Rota", "North Region", "South Region", "Offshore", "Workshop", "Mobile"),
    duties=(
        "Inspect {thing} on a round of {n} sites and record every reading the same day",
        "Swap worn bearings, seals and sensors before they stop {thing}",
        "Lead the toolbox talk each morning and stop work that looks unsafe",
        "Restore power after storms together with {partner} and the crew from {town}",
        "Calibrate {n} instruments a week against the reference set",
        "Photograph and tag defects in {thing} so that planners can order parts",
        "Drive the service van between {town} and the coast, with an overnight stay each month",
        "Train {n} apprentices in isolation, lifting and rescue procedures",
        "Commission new installations of {thing} and hand them over to {partner}",
        "Keep stock of spares in {town} within the agreed minimum",
    ),
    skills=(
        "A trade certificate in electrical, mechanical or hydraulic work",
        "{n} seasons of outdoor maintenance, ideally on {thing}",
        "A full driving licence, and no fear of ladders or small boats",
        "Careful records: {partner} relies on what you write down",
        "Certificates for working at height, or the readiness to earn them in {town}",
        "A calm voice on the radio when {thing} misbehaves",
        "Reading of circuit diagrams and of {n}-year-old handwritten notes",
        "Willingness to share a rota of {n} weeks with a small crew",
    ),
)

LOGISTICS = Trade(
    department="Logistics",
    titles=(
        "Supply Planner",
        "Warehouse Coordinator",
        "Transport Scheduler",
        "Purchasing Specialist",
        "Depot Supervisor",
        "Customs Clerk",
    ),
    specialities=("Inbound", "Spare Parts", "Cold Chain", "Harbour", "Returns", "Long Lead Items"),
    duties=(
        "Plan {n} departures a day from {town} so that no lorry leaves half empty",
        "Negotiate frame contracts with {partner} and hold them to the promised dates",
        "Cut the time between an order for {thing} and its arrival by {n} days",
        "Count a part of the stock every week instead of all of it in December",
        "Clear shipments of {thing} through customs with papers right at the first attempt",
        "Redraw the layout of the depot in {town} with the people who walk it",
        "Warn projects early when {thing} will be late, and offer a second source",
        "Run the morning call between {n} depots and keep it under a quarter of an hour",
        "Follow up damaged deliveries until {partner} agree to change the packaging",
    ),
    skills=(
        "{n} years of planning, dispatch or purchasing in an industrial firm",
        "Confidence with spreadsheets and one of the larger planning systems",
        "A head for dates, weights and tariffs of {thing}",
        "Friendly persistence with {partner} when a promise slips",
        "A forklift licence, or the will to take the course in {town}",
        "Knowledge of dangerous goods rules for batteries and gases",
        "Spoken Dutch, German or Portuguese besides English",
        "The readiness to start at six for {n} weeks in the busy season",
    ),
)

CARE = Trade(
    department="Clinical",
    titles=(
        "Community Nurse",
        "Physiotherapist",
        "Healthcare Assistant",
        "Speech Therapist",
        "Occupational Therapist",
        "Clinic Receptionist",
        "Phlebotomist",
    ),
    specialities=("Evening Clinic", "Children", "Older People", "Home Visits", "Rehabilitation"),
    duties=(
        "See {n} to twelve patients a session and agree on the next step with each of them",
        "Visit people at home around {town}, with time set aside for the road",
        "Keep notes on {thing} that a colleague can follow at two in the morning",
        "Run a group for carers together with {partner} every {n} weeks",
        "Notice when a patient stops coming to {thing}, and telephone them",
        "Supervise {n} students during their placement in {town}",
        "Review the safety of {thing} after each near miss, without looking for someone to blame",
        "Plan discharges with {partner} so that nobody goes home to a cold house",
        "Take part in the weekend rota, one in {n}",
    ),
    skills=(
        "Registration with the professional body, or eligibility within {n} months",
        "Warmth and plain words in difficult conversations",
        "Experience of {thing}, in a hospital or in the community",
        "Safe lifting, current life support and child protection training",
        "Respect for {partner}, who often know the patient best",
        "A driving licence, or a bicycle and a short distance to {town}",
        "Ease with electronic records and appointment systems",
        "At least {n} months of supervised practice after qualifying",
    ),
)

HOSPITALITY = Trade(
    department="Hotels & Kitchens",
    titles=(
        "Sous Chef",
        "Night Porter",
        "Pastry Cook",
        "Front Desk Manager",
        "Head Gardener",
        "Housekeeping Supervisor",
        "Sommelier",
    ),
    specialities=("Breakfast", "Weekends", "Events & Weddings", "Garden Rooms", "Summer Season"),
    duties=(
        "Prepare {thing} for {n} covers with a brigade of five",
        "Welcome late arrivals at the house in {town} and see them to a made-up room",
        "Write the Friday order with {partner}, who grow most of what we cook",
        "Check {n} rooms a day against a list that the team wrote itself",
        "Teach two apprentices the long way of making {thing}",
        "Settle complaints the same evening, with the freedom to spend what it takes",
        "Plan menus for {thing} around what the walled garden has in excess",
        "Close the accounts of the bar with {n} colleagues before the last train to {town}",
        "Look after the linen, the silver and the patience of {partner}",
    ),
    skills=(
        "{n} years in a kitchen, hotel or restaurant that took itself seriously",
        "A palate or an eye, and the vocabulary to teach it",
        "Food hygiene certificate at level {n}, or the wish to take it with us",
        "Good temper at eleven at night, with {thing} still to be cleared",
        "Some French or Italian for guests and for {partner}",
        "Physical stamina: the house in {town} has four floors and one lift",
        "Honesty with cash, keys and feedback",
        "Availability for {thing} over two weekends a month",
    ),
)

FINANCE = Trade(
    department="Finance",
    titles=(
        "Management Accountant",
        "Payroll Specialist",
        "Treasury Analyst",
        "Internal Auditor",
        "Credit Controller",
    ),
    specialities=("Group", "Grants", "Tax & Compliance", "Projects", "Shared Services"),
    duties=(
        "Close the month in {n} working days and explain what moved",
        "Reconcile {thing} with the bank, down to the last cent",
        "Build a cash forecast that {partner} trust enough to sign",
        "Replace a workbook of {n} tabs with two reports and a paragraph",
        "Walk the auditors through {thing} and answer within the day",
        "Chase overdue invoices from {partner} with courtesy and a plan",
        "Set up controls in {town} that people follow because they make sense",
        "Cost new contracts for {thing} with the teams who will deliver them",
        "Prepare filings for {n} jurisdictions ahead of their deadlines",
    ),
    skills=(
        "A recognised accounting qualification, or {n} papers to go",
        "Experience of project accounting in a firm that makes {thing}",
        "Skill in asking the second question when figures look too tidy",
        "Good command of a modern ledger and of query tools",
        "Discretion with what you learn about {partner}",
        "The gift of explaining depreciation to an engineer in {town}",
        "{n} year-end closings behind you",
        "Interest in automating the dull parts of {thing}",
    ),
)

PEOPLE = Trade(
    department="People & Customers",
    titles=(
        "Customer Support Specialist",
        "Recruiter",
        "Account Manager",
        "Learning Designer",
        "Community Organiser",
        "Office Manager",
        "Content Editor",
    ),
    specialities=("Nordics", "Partnerships", "Early Careers", "Enterprise", "Onboarding", "Press"),
    duties=(
        "Answer {n} conversations a day about {thing}, and close them with a real answer",
        "Collect the questions that {partner} ask twice and fix their cause",
        "Host visits in {town} for people who consider working with us",
        "Write the guide to {thing} that newcomers read in their first week",
        "Interview candidates by a fixed list of questions and score them before talking",
        "Look after {n} accounts and know what each of them hopes to achieve this year",
        "Bring the complaints about {thing} to the planning table every month",
        "Organise workshops with {partner} in libraries, harbours and canteens",
        "Keep the calendar, the keys and the good mood of the office in {town}",
    ),
    skills=(
        "{n} years of work with customers, learners or candidates",
        "Writing that is short, exact and kind",
        "Experience in explaining {thing} to people who are in a hurry",
        "Attention to names, dates and promises made to {partner}",
        "Ease on the telephone in English and one more language",
        "An organised way of following {n} threads at once",
        "Interest in {town} and in the people who live around it",
        "Tact, also when {thing} is plainly our fault",
    ),
)

RESEARCH = Trade(
    department="Science",
    titles=(
        "Research Scientist",
        "Laboratory Technician",
        "Hydrologist",
        "Optics Engineer",
        "Clinical Study Coordinator",
        "Robotics Researcher",
    ),
    specialities=("Materials", "Field Trials", "Imaging", "Modelling", "Regulatory", "Prototypes"),
    duties=(
        "Plan a trial of {thing} over {n} months, with its analysis written down first",
        "Run the bench in {town} and keep the samples in an order others understand",
        "Publish what we learn about {thing} with {partner}, negative results included",
        "Supervise {n} doctoral students whose subject touches {thing}",
        "Build a prototype in a week, test it for two and be ready to drop it",
        "Compare {n} materials under heat, salt and vibration",
        "Prepare the technical file on {thing} that regulators will read",
        "Present the state of the art to {partner} each spring",
        "Keep the laboratory notebook so that a stranger could repeat the day",
    ),
    skills=(
        "A degree in physics, biology, hydrology or a neighbouring subject",
        "{n} published studies, or an equivalent body of technical reports",
        "Hands that can solder, pipette or align a lens",
        "Scientific Python or R, and care for units",
        "Experience with ethics boards, audits or accredited laboratories",
        "A critical mind, first of all towards your own results on {thing}",
        "Pleasure in explaining {thing} to {partner}",
        "The readiness to spend {n} days a month at the test site near {town}",
    ),
)
