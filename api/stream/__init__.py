"""Progress over server-sent events. Each process has one reader of the database, however many runs
are watched and however many streams watch them."""
