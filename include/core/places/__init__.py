"""Read places, countries and workplaces."""
