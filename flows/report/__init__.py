"""The report that people read: an outputs folder as one HTML page (`page`), its data (`data`), its pictures (`charts`)."""
