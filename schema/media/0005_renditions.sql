-- What was prepared is kept as a list, as every other list in a row.
UPDATE medium SET renditions = substr(renditions, 9, length(renditions) - 9) WHERE renditions LIKE '{"list":%}';
