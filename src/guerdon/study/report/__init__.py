"""What results are told in: tables whose columns have units; on a terminal, as a page, as files."""
