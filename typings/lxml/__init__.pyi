# As much of lxml as this project uses.
