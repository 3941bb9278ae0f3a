"""Progress over server-sent events: one reader of the database per process, however many runs are
watched and however many streams watch them."""
