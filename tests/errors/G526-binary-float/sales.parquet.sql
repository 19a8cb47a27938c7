SELECT '1' AS receipt, 'ana' AS card, TIMESTAMPTZ '2026-03-02 13:15:00+00' AS time, DOUBLE '4.6' AS total
