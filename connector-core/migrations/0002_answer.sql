-- What a recipient answered (15, 16) to what a packet of ours asks of it.
ALTER TABLE recipient ADD COLUMN answer INTEGER;
