SELECT '1' AS receipt, 'ana' AS card, TIMESTAMP '2026-03-02 08:15:00' AS time, DECIMAL '4.60' AS total
