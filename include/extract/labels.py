"""Find facts of a posting that a page states after a label, such as ``Location: Berlin``.

The label may stand before a colon, on the line above the value, in the table cell before it, or in
the term of a definition list. A pictogram such as 📍 before the value counts as a label, too. The
labels are in the languages of career sites. ``extract.named`` reads the labels of icons.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise

from selectolax.lexbor import LexborNode

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types, is_kind_of_contract
from include.core.pay.pay_period import pay_period
from include.core.pay.pay_text import salary_in
from include.core.places.cities import is_city_name
from include.core.places.name_kinds import is_broad
from include.core.places.place_lists import join_lines_below, join_places
from include.core.places.workplaces import is_denial, workplace_of
from include.extract.node_text import block_texts, next_element, text_of

_LABELS = {
    "location": "location|offices|campus location|workplace address|locations|office|job "
    "location|job locations|work location|"
    "workplace location|primary location|place of work|duty station|standort|standorte|"
    "arbeitsort|einsatzort|dienstort|lieu|lieux|lieu de travail|localisation|localité|"
    "ubicación|lugar|lugar de trabajo|localidad|sede|sede di lavoro|luogo di lavoro|"
    "luogo|standplaats|locatie|werklocatie|localização|local de trabalho|local|"
    "lokalizacja|miejsce pracy|placeringsort|arbetsort|ort|plats|arbeidssted|sted|"
    "arbejdssted|sijainti|työpaikan sijainti|toimipaikka|místo výkonu práce|místo práce|"
    "lokalita|miesto práce|munkavégzés helye|helyszín|loc de muncă|locația|locație|"
    "място на работа|местоположение|τοποθεσία|τόπος εργασίας|lokasyon|konum|çalışma yeri|"
    "место работы|місце роботи|локація|mjesto rada|lokacija|kraj dela|mesto rada|"
    "darbo vieta|darba vieta|asukoht|töökoht|ubicació|lloc de treball|lokasi|"
    "lokasi kerja|địa điểm|địa điểm làm việc|สถานที่ทำงาน|الموقع|مكان العمل|מיקום|勤務地|"
    "勤務場所|工作地點|工作地点|工作地區|工作地区|근무지|근무지역|where|based in|based at|job "
    "site|working location|"
    "work place|place|branch|campus|einsatzgebiet|ort der tätigkeit|tätigkeitsort|"
    "dienstsitz|dein arbeitsort|ihr arbeitsort|lieu d'exercice|lieu d'affectation|"
    "lieu du poste|poste basé à|affectation|lieu de mission|centro de trabajo|"
    "ubicación del puesto|población|concelho|local do trabalho|zona di lavoro|località|"
    "dove|plaats|werkplek|miejsce wykonywania pracy|miejscowość|pracoviště|místo|"
    "placering|stationeringsort|lokation|geografi|lokasjon|sted for arbeid|"
    "työskentelypaikka|paikkakunta|työntekopaikka|munkahely|hely|locul de muncă|"
    "localitate|έδρα|περιοχή|τόπος|месторабота|iş yeri|çalışılacak yer|регион|локация|"
    "адрес|регіон|розташування|就業場所|勤務先|勤務エリア|工作城市|地点|上班地点|上班地點|地區|"
    "地区|근무 위치|근무장소|위치|지역|"
    "المدينة|موقع العمل|מקום העבודה|אזור|עיר|מיקום המשרה|nơi làm việc|khu vực|penempatan|"
    "lokasi penempatan|สถานที่|จังหวัด|miesto výkonu práce|lokality|vieta|atrašanās vieta"
    "|πού|τόπος απασχόλησης|wo|où|hvor|missä|gdzie|kde|hol|unde|де|где|къде|nerede"
    "|duty location|location of work|base location|office location|where you'll work"
    "|where you will work|arbeitsplatz|arbeitsstätte|arbeitsstelle|beschäftigungsort"
    "|einsatzorte|arbeitsorte|lieu d'activité|résidence administrative|implantation"
    "|lieu d'embauche|ville d'affectation|destino|municipio|ubicado en|lugar de la vacante"
    "|localidade|distrito|sede operativa|comune|città di lavoro|vestiging|gemeente"
    "|plaats van tewerkstelling|werklocaties|stationering|tjänsteställe|arbejdsadresse"
    "|arbejdsplads|arbeidsplass|sijaintipaikka|työskentelypaikkakunta|kunta|lokalizacja pracy"
    "|miejsce zatrudnienia|lokalita výkonu práce|obec|obec pracoviště|miesto výkonu|telephely"
    "|munkavégzés|város|orașe|punct de lucru|населено място|місце|адреса|адреса роботи|место"
    "|район|çalışma lokasyonu|görev yeri|iş yeri adresi|il/ilçe|所在地|エリア|就业地点|工作地|"
    "办公地点|所在城市"
    "|上班地址|工作地址|근무지 주소|소재지|مقر العمل|مكان الوظيفة|المنطقة|موقع الوظيفة|"
    "מיקום העבודה|מקום"
    "|כתובת|địa chỉ làm việc|khu vực làm việc|tempat kerja|wilayah|lokasi kantor"
    "|kota penempatan|สถานที่ปฏิบัติงาน|darba vietas adrese|darbovietė|töö asukoht"
    "|staðsetning|starfsstöð"
    "|worksite|work site|where you'll be based|city/state|lieu de l'emploi"
    "|poste à pourvoir à|kommun|kommune|település|勤務先住所|tỉnh/thành phố"
    "|main location|lieu principal|emplacement principal|emplacement|hauptstandort|arbeitsregion"
    "|ubicación principal|localização principal|sede principale|hoofdlocatie|sted for arbeidet"
    "|work address|store location|job address|adresse de travail|adresse du poste|lieu de poste"
    "|lieu de prise de poste|adresse des arbeitsortes|anschrift des arbeitsortes"
    "|dirección del puesto|dirección de trabajo|endereço de trabalho|indirizzo di lavoro"
    "|indirizzo della sede|werkadres|arbetsplatsens adress|adresse for arbeidssted"
    "|työn osoite|työpaikan osoite|työskentelyosoite|adres pracy|adres miejsca pracy"
    "|adresa pracoviště|adresa výkonu práce|adresa pracoviska|munkavégzés címe|munkahely címe"
    "|adresa locului de muncă|διεύθυνση εργασίας|iş adresi|адрес работы|місце праці"
    "|адрес на работното място|勤務地住所|就業場所住所|办公地址|任職地點|근무처|직장 위치|"
    "عنوان العمل"
    "|כתובת מקום העבודה|alamat kantor|alamat penempatan|tööpaiga aadress|darbo vietos adresas"
    "|city/district|city/region|city/country|stadt/region|stadt/bundesland|ville/région"
    "|ville/département|ciudad/provincia|ciudad/estado|cidade/estado|cidade/uf|città/provincia"
    "|miasto/województwo|miasto/region|город/регион|город/район|місто/область|şehir/ilçe|şehir/bölge"
    "|place of employment|home base|town/city|city/town|baza|ubicaciones|localidades|sedi|"
    "sedi di lavoro|locaties|locais de trabalho|arbetsorter|orter|lokalizacje|telephelyek|"
    "helyszínek|locații|τοποθεσίες|lokasyonlar|локації|локации|mjesta rada|mesta rada|lokacije|"
    "lokacija rada|mjesto obavljanja posla|mesto obavljanja posla|kraj opravljanja dela|"
    "lokacija dela|vinnustaður"
    "|filiale|filialen|store|stores|magasin|magasins|tienda|tiendas|negozio|punto vendita|winkel"
    "|butik|butikk|butiker|myymälä|toimipiste|toimipisteet|sklep|prodejna|prodejny|pobočka"
    "|pobočky|provozovna|predajňa|prevádzka|üzlet|magazin|κατάστημα|mağaza|şube|магазин|філія|"
    "店舗|勤務店舗|门店|매장|cửa hàng|chi nhánh|cabang|toko|gerai",
    "city": "city|stadt|ville|ciudad|città|cidade|stad|miasto|město|mesto|şehir|город|місто|град|"
    "πόλη|grad|oraș|miestas|pilsēta|linn|kota|城市",
    "region": "state|region|province|state/province|bundesland|provincia|provincie|fylke|län|"
    "województwo|megye|județ|область",
    "country": "country|country/region|land|pays|país|paese|ülke|страна|країна|χώρα|ország|țara|"
    "země|kraj|maa|negara|国家|国",
    "workplace": "workplace|workplace type|work type|work mode|work model|working model|"
    "location type|"
    "remote status|arbeitsmodell|remote|homeoffice|modalidad de trabajo|modalidad|"
    "mode de travail|modalità di lavoro|modelo de trabalho|regime de trabalho|tryb pracy|"
    "çalışma şekli|формат работы|формат роботи|werkvorm|arbetsform|working pattern|"
    "work arrangement|work style|workstyle|remote work|remote working|home working|"
    "location policy|arbeitsweise|arbeitsform|home office|télétravail|travail à distance|"
    "teletrabajo|teletrabalho|smart working|lavoro agile|thuiswerken|hybride werken|tryb|"
    "model pracy|práce z domova|distansarbete|hjemmearbejde|hjemmekontor|etätyö|"
    "munkavégzés módja|mod de lucru|τρόπος εργασίας|формат|勤務スタイル|リモートワーク|办公方式|"
    "工作方式|근무방식|"
    "근무 방식|طريقة العمل|אופי העבודה|cara kerja|sistem kerja|modelo de trabajo"
    "|work setting|work environment|remote policy|mobiles arbeiten|modalidade|modelo"
    "|modalidad laboral|werken op afstand|arbetssätt|etätyömahdollisuus|praca zdalna"
    "|forma práce|otthoni munkavégzés|lucru de la distanță|çalışma modeli|çalışma düzeni"
    "|uzaktan çalışma|在宅勤務|リモート|재택근무|نظام العمل|tipe lokasi|work from"
    "|work location type|remote-anteil|modalità|lavoro da remoto|hemarbete|arbejdsform|arbeidsform"
    "|työskentelytapa|távmunka|τηλεργασία|начин на работа|način rada|model rada|rad od kuće|"
    "način dela|darbo būdas|töökorraldus|způsob práce|spôsob práce|työskentelymuoto|arbeidsmodell|"
    "arbejdsmodel|arbetsmodell|werkmodel|מודל עבודה",
    "employment_type": "employment type|job type|type of employment|employment|contract type|"
    "contract|"
    "time type|type of work|working time|working hours|schedule|position type|"
    "anstellungsart|beschäftigungsart|vertragsart|arbeitszeit|type de contrat|"
    "type d'emploi|contrat|temps de travail|tipo de contrato|tipo de empleo|jornada|"
    "jornada laboral|tipo di contratto|contratto|orario|dienstverband|contracttype|"
    "tipo de emprego|regime|anställningsform|omfattning|ansættelsesform|ansettelsesform|"
    "stillingstype|työsuhde|työsuhteen tyyppi|rodzaj umowy|wymiar pracy|typ úvazku|"
    "druh pracovního poměru|pracovný pomer|foglalkoztatás típusa|munkaidő|tip contract|"
    "tip job|вид заетост|τύπος απασχόλησης|istihdam türü|çalışma tipi|тип занятости|"
    "занятость|тип зайнятості|vrsta ugovora|vrsta zaposlenja|vrsta zaposlitve|"
    "darbo laikas|darba veids|töö tüüp|tipus de contracte|jenis pekerjaan|loại hình|"
    "loại hình công việc|ประเภทงาน|نوع الوظيفة|נוסח משרה|היקף משרה|雇用形態|聘用形式|工作性质|"
    "고용형태|"
    "근무형태|régime|régime de travail|zatrudnienie|vrsta radnog odnosa|radni odnos|"
    "tip zaposlenja|tip ugovora|oblika zaposlitve|tip zaposlitve|vrsta pogodbe|darbo tipas|"
    "darbo pobūdis|darbo sutartis|slodze|darba slodze|darba laiks|lepingu tüüp|tööaeg|"
    "starfshlutfall|ráðningarform|tipus de jornada|jornada de trabalho|"
    "hours|job nature|tenure|engagement|commitment|appointment type|appointment|"
    "work schedule|basis|hours per week|umfang|stellenumfang|beschäftigungsumfang|"
    "beschäftigungsgrad|pensum|arbeitspensum|anstellung|vertrag|befristung|"
    "arbeitszeitmodell|wochenstunden|beschäftigung|vertragsform|stellenart|"
    "durée du travail|type de poste|quotité|quotité de travail|temps|statut|"
    "tipo de jornada|contrato|tipo contrato|tipo de contratación|horario|"
    "tipologia contrattuale|tipo contratto|orario di lavoro|impegno|durata|uren|"
    "aantal uren|uren per week|contractvorm|soort dienstverband|werkuren|"
    "forma zatrudnienia|wymiar etatu|forma współpracy|typ umowy|rodzaj zatrudnienia|"
    "úvazek|typ smluvního vztahu|pracovní poměr|typ pracovního poměru|pracovní úvazek|"
    "pracovný úväzok|druh pracovného pomeru|anställningens omfattning|"
    "sysselsättningsgrad|anställning|varaktighet|tjänstgöringsgrad|ansættelse|"
    "ansættelsestype|arbejdstid|stillingsprosent|omfang|stillingsbrøk|arbeidstid|"
    "heltid/deltid|työaika|palvelussuhteen laji|palvelussuhde|työsuhteen muoto|"
    "työsuhteen luonne|työsuhteen kesto|foglalkoztatás|foglalkoztatás jellege|"
    "munkaviszony|munkaviszony típusa|munkarend|jogviszony|normă|tipul jobului|"
    "tip de angajare|durata contractului|program de lucru|είδος απασχόλησης|απασχόληση|"
    "ωράριο|τύπος σύμβασης|σχέση εργασίας|работно време|тип договор|istihdam şekli|"
    "pozisyon tipi|çalışma türü|iş türü|график|график работы|вид зайнятості|зайнятість|"
    "графік|графік роботи|radno vrijeme|radno vreme|delovni čas|勤務形態|契約形態|雇用区分|雇用|"
    "职位类型|"
    "用工类型|工作类型|雇用類型|工作性質|招聘类型|工作类别|고용 형태|채용형태|채용 형태|"
    "계약형태|근무 형태|نوع الدوام|الدوام|"
    "نوع العقد|نوع التوظيف|סוג משרה|סוג העסקה|היקף המשרה|היקף|hình thức|"
    "hình thức làm việc|loại công việc|loại hợp đồng|tipe pekerjaan|tipe kerja|"
    "status kerja|status pekerjaan|status karyawan|รูปแบบงาน"
    "|jornada de trabajo|tipo de puesto|modalidad de contratación|tipo de vínculo|vínculo"
    "|regime de contratação|tipo de contratação|tipo de vaga|carga horária|type d'engagement"
    "|nature du contrat|taux d'activité|taux d'occupation|horaire|durée du contrat"
    "|arbeitszeitumfang|arbeitsumfang|umfang der stelle|grado di occupazione"
    "|tasso di occupazione|werktijd|dienstbetrekking|aanstelling|fte|contractduur"
    "|tjänstens omfattning|arbetstid|anställningstyp|stillingsandel|ansettelsesforhold"
    "|varighet|jobtype|ansættelsesforhold|työaikamuoto|rodzaj pracy|etat|rodzaj etatu"
    "|druh úvazku|forma spolupráce|pracovní doba|typ pracovného pomeru|foglalkoztatási forma"
    "|munkaidő típusa|tipul contractului|tip de contract|tip angajare|tip normă|вид договор"
    "|режим работы|режим роботи|формат занятости|тип роботи|μορφή απασχόλησης"
    "|καθεστώς απασχόλησης|ώρες εργασίας|çalışma biçimi|iş tipi|働き方|就業形態|勤務時間|"
    "工作时间|工作形式|聘用類型"
    "|근로형태|고용유형|نوع العمل|طبيعة العمل|ساعات العمل|היקף עבודה|סוג המשרה|loại hình làm việc"
    "|thời gian làm việc|jenis pegawai|tipe karyawan|jenis kontrak|starfshlutfall"
    "|darba slodze|etato dydis|koormus|contract duration|post type|nature of employment"
    "|employment status|employment basis|type of contract|art der anstellung|horário|umowa"
    "|art der beschäftigung|nature de l'emploi|tipologia di impiego|werkweek|vrsta posla"
    "|typ av anställning|darba laiks",
    "salary": "salary|salary range|pay|pay range|compensation|base salary|wage|wage/salary|"
    "pay rate|hourly rate|annual salary|remuneration|gehalt|vergütung|entgelt|lohn|"
    "salaire|rémunération|salario|sueldo|retribución|retribuzione|stipendio|salaris|"
    "salário|remuneração|lön|løn|lønn|wynagrodzenie|palkka|palkkaus|mzda|plat|fizetés|"
    "bér|salariu|заплата|μισθός|maaş|ücret|зарплата|plaća|plata|plača|atlyginimas|alga|"
    "palk|salari|sou|gaji|mức lương|lương|เงินเดือน|الراتب|שכר|給与|年収|薪資|薪资|급여|연봉|"
    "salary/benefits|pay scale|salary package|stipend|ctc|annual ctc|vencimento|ordenado|"
    "retribución bruta|salario bruto|banda salarial|rango salarial|gehaltsspanne|"
    "gehaltsrahmen|jahresgehalt|monatsgehalt|stundenlohn|bezahlung|verdienst|"
    "bruttogehalt|rémunération brute|salaire brut|fourchette de salaire|"
    "fourchette salariale|gratification|compenso|ral|bruto maandsalaris|salarisindicatie|"
    "salarisschaal|bruto salaris|uurloon|lönespann|månadslön|timlön|årslønn|lønnstrinn|"
    "årsløn|tehtäväkohtainen palkka|palkkahaarukka|kuukausipalkka|tuntipalkka|hrubá mzda|"
    "platové rozpětí|platové rozpätie|stawka|widełki|zarobki|wynagrodzenie brutto|"
    "bruttó bér|bérezés|kereset|salariu net|salariu brut|αποδοχές|заплащане|оклад|"
    "заробітна плата|оплата|оплата праці|оплата труда|зарплатня|時給|月給|賃金|日給|基本給|年俸|"
    "報酬|"
    "薪资待遇|薪资范围|薪酬|月薪|年薪|工资|工資|薪水|시급|월급|급여조건|보수|급여 조건|الراتب "
    "الشهري|الأجر|thu nhập|honor|"
    "kisaran gaji|อัตราค่าจ้าง|atalgojums|palga vahemik"
    "|package|reward|salary scale|gross salary|net salary|monthly salary|daily rate|day rate"
    "|faixa salarial|bolsa auxílio|salário bruto|remuneración|renta líquida|sueldo mensual"
    "|salario mensual|sueldo ofrecido|retribuzione lorda|compenso lordo"
    "|retribuzione annua lorda|salariëring|beloning|salarisniveau|ersättning|lönenivå"
    "|aflønning|lønnsramme|lønnsspenn|avlønning|palkkio|pensja|płaca|widełki płacowe"
    "|stawka godzinowa|mzdové ohodnocení|nabízený plat|nabízená mzda|ponúkaný plat"
    "|základná zložka mzdy|juttatás|bruttó fizetés|alapbér|salariul|salariu oferit"
    "|възнаграждение|αμοιβή|ücret aralığı|maaş aralığı|заработная плата|зп|з/п|винагорода"
    "|cost to company|mjesečna plaća|mesečna plata|bruto plača|neto plača|bruto alga|mēnešalga"
    "|brutopalk|mánaðarlaun"
    "|neto plaća|bruto plaća|zarada|給料|月収|想定年収|予定年収|待遇|薪资水平|薪資待遇|"
    "工資待遇|薪金|급여수준|임금|월 급여"
    "|الراتب المتوقع|الراتب الأساسي|المرتب|טווח שכר|lương tháng|besaran gaji|upah"
    "|rentang gaji|honorarium|ค่าตอบแทน|รายได้|laun|darba samaksa|darbo užmokestis|töötasu"
    "|package offered|salaire proposé|traitement|entlohnung|besoldung|entgeltgruppe|bezüge"
    "|inkomen|uurtarief|tjm|tagessatz|stundensatz|bruttolohn|monatslohn"
    "|rate|compensation range|salario bruto anual|mzdové rozpětí|taux horaire|échelle salariale|"
    "salaire horaire|salaire annuel|salaire mensuel|taux de salaire"
    "|salaire annuel brut|hiring range|salary band|salary information|annual pay|hourly pay|"
    "hourly wage"
    "|weekly pay|monthly pay|pay grade|pay scale range|lohnspanne|lohnband|jahreslohn|"
    "einstiegsgehalt"
    "|gehaltsangabe|kollektivvertrag|bruttomonatsgehalt|bruttojahresgehalt|escala salarial"
    "|salario anual|salario por hora|tarifa por hora|salário mensal|salário anual|valor hora"
    "|paga oraria|retribuzione annua|retribuzione mensile|maandsalaris|jaarsalaris|uursalaris"
    "|brutosalaris|årslön|lönespann månad|timløn|timelønn|månedsløn|månedslønn|lønspænd|lønninger"
    "|vuosipalkka|bruttopalkka|stawka miesięczna|wynagrodzenie miesięczne|płaca brutto"
    "|hodinová mzda|měsíční mzda|základná mzda|hrubý plat|havi bruttó|órabér|havi bér|salariu lunar"
    "|tarif orar|μηνιαίος μισθός|μικτός μισθός|aylık ücret|saatlik ücret|brüt ücret|net maaş"
    "|місячна зарплата|ставка|почасова оплата|почасовая оплата|月給例|想定月収|想定給与|基本月給"
    "|月薪范围|年薪范围|時薪|时薪|待遇薪資|희망연봉|연봉범위|기본급|월급여|الراتب السنوي|"
    "الأجر الشهري"
    "|שכר חודשי|שכר לשעה|mức thu nhập|gaji bulanan|gaji pokok",
    "posted_at": "posted|posting open date|open date|posting start date|posted on|date posted|"
    "posting date|job posting date|publication date|"
    "published|published on|publish date|date|veröffentlicht|veröffentlicht am|"
    "veröffentlichungsdatum|online seit|publié le|date de publication|"
    "fecha de publicación|publicado|publicado el|data di pubblicazione|pubblicato il|"
    "data de publicação|publicado em|data publikacji|geplaatst op|geplaatst|"
    "publicatiedatum|publicerad|publicerat|publisert|publiceret|opslået|yayın tarihi|"
    "ilan tarihi|julkaistu|zveřejněno|zverejnené|közzétéve|data publicării|публикувана|"
    "δημοσιεύτηκε|дата публикации|дата публікації|objavljeno|paskelbta|publicēts|"
    "avaldatud|tanggal posting|ngày đăng|掲載日|发布日期|發布日期|등록일|listed|listed on|added|"
    "added on|advertised|date advertised|date listed|opening date|opened|posted date|"
    "created|job posted|annonce publiée le|publiée le|mise en ligne|mis en ligne le|"
    "date de mise en ligne|parution|veröffentlichung|eingestellt am|ausgeschrieben am|"
    "inserat vom|erschienen am|publiziert am|publiziert|fecha de alta|fecha publicación|"
    "publicada|publicada el|pubblicato|pubblicazione|data pubblicazione|inserito il|"
    "publicação|publicado a|anunciado em|publicada em|online sinds|plaatsingsdatum|"
    "gepubliceerd|gepubliceerd op|opublikowano|data dodania|dodano|data ogłoszenia|"
    "vloženo|datum zveřejnění|přidáno|publicerades|publiceringsdatum|upplagd|"
    "offentliggjort|oprettet|lagt ut|ilmoitus julkaistu|hakuaika alkaa|haku alkaa|"
    "feladva|meghirdetve|megjelenés|feladás dátuma|publicat|publicat la|postat|postat la|"
    "data postării|δημοσιεύθηκε|ημερομηνία δημοσίευσης|ημ/νία δημοσίευσης|публикувано|"
    "yayınlanma tarihi|yayınlandı|опубліковано|розміщено|опубликовано|размещено|"
    "objavljen|datum objave|公開日|募集開始日|掲載開始日|发布时间|刊登日期|發佈日期|게시일|"
    "공고일|작성일|등록 일자|تاريخ النشر|"
    "نشر في|نُشرت في|نُشر في|تاريخ الإعلان|תאריך פרסום|פורסם|פורסם בתאריך|ngày đăng tin|"
    "đăng ngày|diposting|tanggal publikasi|dipublikasikan|tanggal tayang|ประกาศเมื่อ|"
    "วันที่ประกาศ"
    "|placed on|date placed|post date|posted at|live since|live from|δημοσίευση"
    "|ημερομηνία ανάρτησης|αναρτήθηκε|ανάρτηση|plaatsing|datum plaatsing|zverejnenie"
    "|dátum zverejnenia|zveřejnění|data wystawienia|data aktywacji|opublikowano dnia"
    "|közzététel|közzététel dátuma|hirdetés dátuma|data anunțului|adăugat|дата размещения"
    "|дата на публикуване|додано|дата додавання|створено|yayına alınma tarihi|yayım tarihi"
    "|ilan yayın tarihi|julkaisupäivä|ilmoitettu|publisert dato|publiseringsdato"
    "|publiceringsdato|oprettelsesdato|annonceret|slået op|annonsen publicerad"
    "|data inserimento|data di inserimento|data annuncio|pubblicato in data"
    "|fecha de la oferta|fecha de apertura|data da publicação|data de abertura|aberta em"
    "|date de parution|publié|parue le|paru le|publiée|offre publiée le|掲載日時|求人公開日|"
    "投稿日|公開日時"
    "|등록일자|공고시작일|게재일|发布于|刊登時間|上架日期|עלה בתאריך|פורסמה|تاريخ الإضافة|"
    "نشرت بتاريخ|ngày tạo"
    "|ngày đăng tuyển|tanggal dibuka|tanggal buka|diiklankan|diterbitkan|วันที่ลงประกาศ"
    "|ลงประกาศ|avaldamise kuupäev|lisatud|publicēšanas datums|ievietots|įkelta|skelbimo data"
    "|birt|auglýst|datum oglasa|datum der veröffentlichung|erschienen|inserat seit"
    "|publiée en ligne le|fecha publicado|first posted|job posted on|advertised on|released"
    "|release date|datum|stellenangebot vom|pubblicata il|publicerad den|annonsdatum|pridané"
    "|публикувана на"
    "|date d'affichage|affiché le|affichée le|affiché depuis le|date de mise en ligne de l'offre"
    "|annuncio del|offerta del|data di inizio pubblicazione|вакансія від|вакансия от|обява от"
    "|оголошення від|объявление от|ilmoitus jätetty|ilmoitettu|lisätty|ημ. ανάρτησης"
    "|ημ. δημοσίευσης|ημερ. ανάρτησης|ημ/νία ανάρτησης|anzeige vom|stellenanzeige vom|"
    "ausschreibung vom"
    "|ausgeschrieben seit|online ab|online seit dem|oferta del|oferta de fecha|anuncio del"
    "|anúncio de|vaga de|aanmaakdatum|vacature van|annons från|annonserad|inlagd|publicerades den"
    "|annonse fra|stilling fra|opslag fra|opslag dato|ogłoszenie z dnia|oferta z dnia|wystawiono"
    "|inzerát ze dne|inzerát zo dňa|hirdetés kelte|anunț din|ilan tarih|ilan yayınlanma tarihi"
    "|posting period from|announcement date|advert date|advertised date|start of posting"
    "|công bố ngày|tanggal iklan|掲載開始日時|登録日|공고 등록일|등록 날짜|공고시작"
    "|刊登日|发布|發布|刊登|掲載|公開|投稿|등록|게시|تم النشر في|מודעה מיום",
    "valid_through": "closing date|posting close date|posting end date|close date|application "
    "deadline|apply by|apply before|deadline|valid until|closes|"
    "closes on|closing on|expires|expires on|bewerbungsfrist|bewerbungsschluss|"
    "bewerben bis|date limite|date limite de candidature|fecha límite|fecha de cierre|"
    "scadenza|data di scadenza|sluitingsdatum|reageren voor|data limite|prazo|"
    "sista ansökningsdag|ansök senast|ansøgningsfrist|søknadsfrist|hakuaika päättyy|"
    "haku päättyy|son başvuru tarihi|termin aplikowania|termin składania|uzávěrka|termín|"
    "jelentkezési határidő|termen limită|краен срок|προθεσμία|срок подачи|"
    "кінцевий термін|rok prijave|rok za prijavu|galioja iki|pieteikšanās termiņš|tähtaeg|"
    "batas waktu|hạn nộp|hạn nộp hồ sơ|応募締切|截止日期|마감일|applications close|"
    "applications close on|application closing date|apply until|open until|"
    "last date to apply|last date|expiry date|date limite de dépôt|candidatures jusqu'au|"
    "clôture|clôture des candidatures|postuler avant le|date de clôture|bewerbungsende|"
    "bewerben sie sich bis|ausschreibungsende|frist|bewerbung bis|plazo|"
    "fecha límite de inscripción|plazo de inscripción|prazo de candidatura|"
    "candidaturas até|válido até|inscrições até|scade il|candidature entro|termine|"
    "data scadenza|reageer voor|reageren tot|reageren t/m|solliciteer voor|"
    "oferta ważna do|ważne do|aplikuj do|termin składania dokumentów|uzávěrka přihlášek|"
    "přihlášky do|sista dag att ansöka|ansøg senest|søk innen|viimeinen hakupäivä|"
    "hae viimeistään|határidő|termen|data limită|valabil până la|înscrieri până la|"
    "προθεσμία υποβολής|son başvuru|başvuru bitiş tarihi|термін подання|дедлайн|締切|応募期限|"
    "募集締切|掲載終了日|截止时间|报名截止|截止|접수마감|지원마감|마감|آخر موعد|آخر موعد "
    "للتقديم|تاريخ الإغلاق|"
    "מועד אחרון|מועד אחרון להגשה|תאריך אחרון להגשה|hạn cuối|batas akhir|batas lamaran|"
    "tenggat|ปิดรับสมัคร"
    "|αιτήσεις έως|υποβολή αιτήσεων έως|λήξη|candidatures avant le|fin de publication"
    "|reageren kan tot en met|reageren kan t/m|solliciteren kan tot|solliciteren tot|hakuaika"
    "|başvuru son tarihi|останній день|кандидатствай до|приём заявок до|scadenza candidature"
    "|scadenza bando|termin nadsyłania|aplikacje do|beérkezési határidő"
    "|data limită de aplicare|termen depunere|hạn ứng tuyển|hạn chót|lamar sebelum"
    "|batas pendaftaran|applications by|application close date|closing date and time"
    "|applications due|apply no later than|bewerben sie sich bis zum|bewerbung bis zum"
    "|postulez avant le|postular antes del|cierre de inscripción|candidature entro il"
    "|uiterste reactiedatum|søknad innen|ansökan senast|ansøgning senest"
    "|přihlášky zasílejte do|uzávierka|prijave do|rok prijava|last day to apply",
    "department": "department|division|abteilung|bereich|département|service|departamento|área|"
    "reparto|"
    "dipartimento|afdeling|avdelning|avdeling|osasto|dział|oddělení|bölüm|отдел|відділ|"
    "部署|部门|부서|dienstleistung|faculty|unit|school|direction|pôle|servizio|settore|ufficio|"
    "departman|direktorat|部門|所属|部署名|소속|القسم|מחלקה|phòng ban|divisi|departemen|"
    "avdelingen|odbor|tým|oddelenie|osztály|τμήμα|departament",
    "team": "team",
    "requisition_id": "requisition id|requisition number|req id|req #|job id|job number|ref #|ref|"
    "reference|reference number|job reference|referenznummer|kennziffer|stellen-id|"
    "référence|referencia|riferimento|referentienummer|referência|referens|"
    "numer referencyjny|求人番号|vacancy number|vacancy id|posting number|post number|"
    "kennzahl|job-id|ausschreibungsnummer|numéro de l'offre|n° de l'offre|réf|réf.|"
    "vacaturenummer|nr ref.|nr ref|numer oferty|číslo pozice|stillings-id|työavain|"
    "hivatkozási szám|cod|κωδικός θέσης|ilan no|код вакансії|מספר משרה|מס' משרה|"
    "رقم الوظيفة|mã tuyển dụng|kode lowongan",
}
_FURTHER_LABELS = (
    "other locations|other location|additional locations|additional location|further locations|"
    "secondary locations|secondary location|autres emplacements|autres lieux|"
    "autres localisations|"
    "autre lieu|lieux secondaires|weitere standorte|weitere arbeitsorte|weitere einsatzorte|"
    "otras ubicaciones|otros lugares|ubicaciones adicionales|outros locais|outras localizações|"
    "altre sedi|altre località|overige locaties|andere locaties|andra orter|fler orter|"
    "andre steder|"
    "øvrige lokationer|muut sijainnit|inne lokalizacje|pozostałe lokalizacje|další lokality|"
    "ďalšie lokality|további helyszínek|alte locații|άλλες τοποθεσίες|diğer lokasyonlar|"
    "інші локації|другие локации|その他の勤務地|기타 근무지|其他地点|其他工作地点|"
    "lokasi lain|địa điểm khác"
)
"""Labels of further places.

These places are added to the places that another label has stated.
"""
_FURTHER_PLACES = frozenset(_FURTHER_LABELS.split("|"))
_LABELS_OF_SEVERAL_PLACES = frozenset({
    "locations", "job locations", "offices", "standorte", "arbeitsorte", "einsatzorte", "lieux",
    "ubicaciones", "localidades", "sedi", "sedi di lavoro", "werklocaties", "locaties",
    "locais de trabalho", "arbetsorter", "orter", "lokalizacje", "lokality", "telephelyek",
    "helyszínek", "locații", "orașe", "lokasyonlar", "локації", "локации", "mjesta rada",
    "mesta rada", "lokacije",
})  # fmt: skip
"""Labels in the plural. Two known cities after such a label are two places.

After other labels, the second name may be the region of the first: ``Sabadell, Barcelona``.
"""
_FIELDS = {
    label.casefold(): field for field, labels in _LABELS.items() for label in labels.split("|")
} | dict.fromkeys(_FURTHER_PLACES, "location")
_LABELS_NEEDING_COLON = frozenset({
    "contract", "employment", "schedule", "local", "ort", "sted", "plats", "regime", "prazo",
    "date", "service", "área", "modalidad", "orario", "land", "kraj", "maa", "state", "region",
    "province", "closes", "expires", "published", "posted", "reference", "ref", "division", "sou",
    "plat", "bér", "remote", "country", "office", "sede", "lohn", "mesto", "linn", "град", "grad",
    "hours", "place", "where", "basis", "branch", "campus", "dove", "hely", "plaats", "temps",
    "statut", "umfang", "vertrag", "contrato", "horario", "uren", "added", "opened", "created",
    "listed", "frist", "termine", "termen", "plazo", "clôture", "direction", "unit", "school",
    "cod", "home office", "tenure", "commitment", "durata", "omfang", "адрес", "оплата", "график",
    "формат", "地点", "위치", "지역", "마감", "截止", "締切", "雇用", "pubblicato", "publicat",
    "placering",
    "místo", "anstellung", "beschäftigung", "anställning", "ansættelse", "etätyö", "télétravail",
    "היקף", "אזור", "עיר", "hours per week", "munkahely", "stipend", "опубликовано", "περιοχή",
    "servizio", "settore", "ufficio", "appointment", "engagement", "impegno", "hybride werken",
    "thuiswerken", "remote work", "remote working", "smart working", "work place", "honor",
    "πού", "wo", "où", "hvor", "missä", "gdzie", "kde", "hol", "unde", "де", "где", "къде",
    "nerede",
    "implantation", "destino", "distrito", "comune", "vestiging", "gemeente", "stationering",
    "kunta",
    "obec", "telephely", "munkavégzés", "város", "orașe", "місце", "адреса", "место", "район",
    "arbeitsplatz", "arbejdsplads", "arbeidsplass", "所在地", "エリア", "소재지", "المنطقة", "מקום",
    "כתובת",
    "wilayah", "modalidade", "modelo", "work from", "リモート", "horaire", "arbetstid", "etat",
    "koormus",
    "fte", "varighet", "package", "reward", "pensja", "beloning", "upah", "laun", "зп", "待遇",
    "zarada",
    "birt", "erschienen", "released", "publié", "publiée", "hakuaika", "λήξη", "traitement",
    "juttatás",
    "发布", "發布", "刊登", "掲載", "公開", "投稿", "등록", "게시",
    "kommun", "kommune", "horário", "umowa", "werkweek", "rate", "datum", "modalità",
    "vínculo", "aanstelling", "inkomen", "municipio", "localidade", "emplacement", "filiale",
    "filialen", "store", "stores", "magasin", "magasins", "tienda", "tiendas", "negozio",
    "punto vendita", "winkel", "butik", "butikk", "butiker", "myymälä", "toimipiste",
    "toimipisteet", "sklep", "prodejna", "prodejny", "pobočka", "pobočky", "provozovna",
    "baza", "régime", "zatrudnienie", "radni odnos", "slodze", "tööaeg", "darba laiks",
    "rad od kuće", "sedi", "orter", "lokacije", "home base",
    "predajňa", "prevádzka", "üzlet", "magazin", "κατάστημα", "mağaza", "şube", "магазин", "філія",
    "店舗", "门店", "매장", "cửa hàng", "chi nhánh", "cabang", "toko", "gerai",
})  # fmt: skip
"""Labels that often mean something else if no colon follows them.

If no colon follows such a label, the text below it is read only if it can be recognised as a value
of the field without the label (see ``is_value_of``).
"""
_LABELLED = re.compile(r"(?P<label>[^:：]{2,40}+)[:：](?P<value>.*)")
_BULLETS = re.compile("[-–—•*·‣◦▪▫●○►▶➤»→|\\s\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+(?=\\S)")
"""A pattern of bullets and pictograms before a label or a value."""
_REMARK = re.compile(r" ?[(（][^()（）]{0,80}[)）]")
"""A pattern of a remark in a label: ``Location(s)``, ``Salary (gross)``."""
_CELLS = "dt, th, td"
_CELLS_WITH_LABEL = "[data-label], td[data-title], td[data-th]"
_LABEL_ATTRIBUTES = ("data-label", "data-title", "data-th")
"""Attributes of a cell that state the heading of its column, for narrow screens."""
_PICTOGRAMS = {
    "📍": "location", "🌍": "location", "🌎": "location", "🌐": "workplace", "🏠": "workplace",
    "🏡": "workplace", "⏱": "hours", "⏰": "hours", "🕒": "hours", "🕘": "hours", "🕐": "hours",
    "💼": "hours", "📄": "hours", "💰": "salary", "💶": "salary", "💵": "salary", "💷": "salary",
    "💸": "salary",
}  # fmt: skip
"""The label that a pictogram at the beginning of a line stands for, by pictogram."""
_MAX_PICTURED_LENGTH = 60
_CONTINUATIONS = (",", ";", "(", "、", "& ")
"""Texts with which a line begins if it continues the value of the line before."""
_PARTS = re.compile("[|·]|(?=[\U0001f300-\U0001faff])")
_SENTENCE = re.compile(r"(?:\S{1,30} ){6,}\S{1,30}[.!?]")
"""A pattern of a sentence. A sentence is not taken for a place, even below a label."""
_DATES = ("posted_at", "valid_through")
_PLACES = ("location", "city", "region", "country")
_MAX_DATED_LENGTH = 60
_MAX_DATE_LABEL_WORDS = 5
_DATE_BEFORE_LABEL = re.compile(
    r"(?P<date>\d{4}[-./年] ?\d{1,2}[-./月] ?\d{1,2}日?) ?(?P<label>[^\W\d_]{2,4})"
)
_MAX_LINES = 10_000
"""The maximum number of lines of a page in which labels are searched for."""
_MAX_CELLS = 500
_MAX_PLACE_LINES = 20
"""The maximum number of lines after a place that are searched for further places."""
_MAX_VALUE_LENGTH = 200
_MAX_LENGTH_BELOW = 120
_MAX_LABEL_LENGTH = 40
_MAX_ARTICLE_LENGTH = 3
"""The maximum length of a word before a label that counts as an article."""


def parts_of(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, and the parts of short lines such as ``Ref: 7 | Posted: 12 May 2026``.

    A pictogram such as 📍 also begins a part.
    """
    for line in lines:
        if len(line) <= _MAX_LENGTH_BELOW and _PARTS.search(line, 1):
            yield from filter(None, map(str.strip, _PARTS.split(line)))
        else:
            yield line


def labelled_values(lines: Iterable[str], fields: Mapping[str, str] = _FIELDS) -> dict[str, str]:
    """Return the raw values that stand after a label, by the field of the posting.

    If a field has several values, the first one is used (see ``add_value`` for exceptions).

    Args:
        lines: the lines of the page, of which the first ``_MAX_LINES`` are read.
        fields: the fields of the posting, by the label that names the field.
    """
    values: dict[str, str] = {}
    label_above = field_above = last = None
    lines = list(islice(lines, _MAX_LINES))
    for at, line in enumerate(lines, 1):
        if last and line.startswith(_CONTINUATIONS):
            values[last] += line if line[0] in ",;、" else f" {line}"
            continue
        last = None
        label, value = _divided(line, fields)
        field = field_of_label(label, fields) if label else None
        if field and value:
            if field == "location":
                value = join_lines_below(value, lines[at : at + _MAX_PLACE_LINES])
            last = add_value(values, field, value, label=label)
        elif not field and field_above and len(line) <= _MAX_LENGTH_BELOW:
            below = line.removeprefix(":").strip()
            may_be_value = (
                line != below or _is_certain(label_above or "") or is_value_of(below, field_above)
            )
            if may_be_value and not (field_above == "location" and _SENTENCE.fullmatch(below)):
                if field_above == "location":
                    below = join_lines_below(below, lines[at : at + _MAX_PLACE_LINES])
                last = add_value(values, field_above, below, label=label_above or "")
        label_above, field_above = (label, field) if not value else (None, None)
    return values


def _is_certain(label: str) -> bool:
    return label.endswith(":") or _normalised(label) not in _LABELS_NEEDING_COLON


def is_value_of(value: str, field: str) -> bool:
    """Return whether ``value`` can be recognised as a value of the field without a label.

    Return False for a field whose values cannot be recognised, such as the place.
    """
    match field:
        case "employment_type":
            return bool(employment_types(value))
        case "salary":
            return salary_in(value) is not None
        case "workplace":
            return workplace_of(value) is not None
        case "posted_at" | "valid_through":
            return parse_time(value, day_first=True) is not None
        case _:
            return False


def _divided(line: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Return the label and the value of a line.

    If the line has no label, the label is empty. If the line is only a label, the value is empty.
    """
    pictogram, line = line[:1], without_bullet(line)
    if match := _LABELLED.fullmatch(line):
        value = without_bullet(match["value"].strip())
        return match["label"] if value else f"{match['label']}:", value
    if pictogram in _PICTOGRAMS and _normalised(line) not in fields:
        return _PICTOGRAMS[pictogram] if len(line) <= _MAX_PICTURED_LENGTH else "", line
    if len(line) > _MAX_DATED_LENGTH:
        return "", line
    if _normalised(line) in fields:
        return line, ""
    return _dated(line, fields)


def _dated(line: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Return the label and the date of a line such as ``Published on 12 May 2026``.

    Other words may follow a date that contains no space: ``Published on 12/05/2026 by our team``.
    In East Asian languages, the label may follow the date: ``2026-05-12发布``. If the line has no
    such label, the label is empty and the value is the line.
    """
    words = line.split(" ") if any(map(str.isdecimal, line)) else ()
    for count in range(min(_MAX_DATE_LABEL_WORDS, len(words) - 1), 0, -1):
        label = " ".join(words[:count])
        if fields.get(_normalised(label)) in _DATES:
            for value in (" ".join(words[count:]), words[count]):
                if parse_time(value, day_first=True):
                    return label, value
    if words and (after := _DATE_BEFORE_LABEL.fullmatch(line)):
        return (after["label"], after["date"]) if after["label"] in fields else ("", line)
    return "", line


def merge_values(*sources: Mapping[str, str]) -> dict[str, str]:
    """Combine the raw values of several sources, by the field of the posting.

    If several sources state a field, the first value is used (see ``add_value`` for exceptions).
    """
    merged_values: dict[str, str] = {}
    for source in sources:
        for field, value in source.items():
            add_value(merged_values, field, value)
    return merged_values


def field_of_label(label: str, fields: Mapping[str, str] = _FIELDS) -> str | None:
    """Return the field of the posting that a label names; None if the label is unknown.

    An article may stand before a label: ``A munkavégzés helye``. Up to two words may stand before a
    label of a place or of pay: ``Campus location``. A label may
    also have another name after a slash: ``Location/Area``.
    """
    name = _normalised(label.rstrip(":："))
    if name in fields or len(name) > _MAX_LABEL_LENGTH:
        return fields.get(name)
    if "/" in name:
        return next(filter(None, (fields.get(part.strip()) for part in name.split("/"))), None)
    article, _, rest = name.partition(" ")
    if len(article) <= _MAX_ARTICLE_LENGTH and (field := fields.get(rest)):
        return field if rest not in _LABELS_NEEDING_COLON else None
    _, _, last = name.rpartition(" ")
    field = fields.get(last) if last not in _LABELS_NEEDING_COLON else None
    return field if field in ("location", "salary") and name.count(" ") < 3 else None


def possible_labels(lines: Sequence[str]) -> dict[str, str]:
    """Return a dict from possible labels to the texts after or below them.

    A possible label is a short text that begins a line and is not a known label. If it occurs
    several times, its first occurrence is used.
    """
    labels: dict[str, str] = {}
    for line, below in pairwise([*lines, ""]):
        if len(line) > _MAX_LENGTH_BELOW:
            continue
        line = without_bullet(line)
        match = _LABELLED.fullmatch(line)
        label = _normalised(match["label"] if match else line)
        value = (match["value"].strip() if match else "") or below.removeprefix(":").strip()
        if label not in _FIELDS and len(label) <= _MAX_LABEL_LENGTH and value:
            labels.setdefault(label, value[:_MAX_LENGTH_BELOW])
    return labels


def labelled_cells(node: LexborNode) -> dict[str, str]:
    """Return the labelled values in tables and definition lists, by the field of the posting.

    The label of a value is the table cell or the term directly before it, or an attribute of its
    own cell. A place may be in several lines or definitions.
    """
    values: dict[str, str] = {}
    for cell in node.css(_CELLS)[:_MAX_CELLS]:
        field = field_of_label(without_bullet(text_of(cell)))
        value_cell = next_element(cell)
        if field and value_cell and value_cell.tag in ("dd", "td"):
            value = _place_of_cell(value_cell) if field == "location" else text_of(value_cell)
            add_value(values, field, value, label=text_of(cell))
    for cell in node.css(_CELLS_WITH_LABEL)[:_MAX_CELLS]:
        for name in _LABEL_ATTRIBUTES:
            label = cell.attrs.get(name)
            if label and (field := field_of_label(label)):
                add_value(values, field, text_of(cell).removeprefix(label), label=label)
    return values


def _place_of_cell(cell: LexborNode) -> str:
    """Return the place in the lines of a cell, and in the further definitions of the same term."""
    lines = block_texts(cell)
    next_cell = next_element(cell)
    while next_cell is not None and next_cell.tag == cell.tag == "dd":
        lines += block_texts(next_cell)
        next_cell = next_element(next_cell)
    return join_places(lines)


def add_value(values: dict[str, str], field: str, value: str, *, label: str = "") -> str | None:
    """Add a raw value to ``values`` if it is short and the field has no value so far.

    A date is added only if it has a digit. A kind of contract, such as "CDI", is not added as a
    place. If the field already has a value, a further employment
    type is still appended to it, because pages state the hours and the contract separately. A
    further place is appended only if its label says that it is a further place, such as "other
    locations".

    Args:
        values: the raw values so far, by the field of the posting. It is changed in place.
        field: the field of the posting.
        value: the raw value.
        label: the label of the value. If empty, there is none. The label is put before the value if
            only the label names the period of pay, or if the field is the workplace and the value
            is a denial such as "No".

    Returns:
        The field if this is its first value, otherwise None.
    """
    value = without_bullet(value.lstrip(":： "))
    if not value or len(value) > _MAX_VALUE_LENGTH:
        return None
    if field in _DATES and not any(map(str.isdecimal, value)):
        return None
    if field in _PLACES and is_kind_of_contract(value):
        return None
    if field == "location" and _normalised(label.rstrip(":：")) in _LABELS_OF_SEVERAL_PLACES:
        value = _with_cities_divided(value)
    if field == "salary" and pay_period(label) and not pay_period(value):
        value = f"{label.rstrip(':：')}: {value}"
    if field == "workplace" and label and is_denial(value):
        value = f"{label.rstrip(':：')}: {value}"
    if field not in values:
        values[field] = value
        return field
    is_further = field == "location" and _normalised(label.rstrip(":：")) in _FURTHER_PLACES
    if (field == "employment_type" or is_further) and value not in values[field]:
        values[field] += f"; {value}"
    return None


def _with_cities_divided(value: str) -> str:
    """Replace the commas of ``value`` by semicolons if each part is a known city."""
    names = value.split(", ")
    are_cities = all(is_city_name(name) and not is_broad(name) for name in names)
    return "; ".join(names) if are_cities else value


def without_bullet(text: str) -> str:
    """Return the text without the bullets and pictograms before it."""
    bullet = _BULLETS.match(text)
    return text[bullet.end() :] if bullet else text


@lru_cache(maxsize=10_000)
def _normalised(label: str) -> str:
    """Return a label in the form of ``_LABELS``: ``location`` for ``Location(s)``."""
    plain = (
        _REMARK.sub("", label.strip().casefold())
        .replace("’", "'")
        .replace("i̇", "i")
        .replace(" / ", "/")
    )
    return plain.strip(" *.?")
