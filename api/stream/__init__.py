"""Progress over server-sent events: one reader of the database per run and process, however many
streams watch it."""
