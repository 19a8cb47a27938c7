SELECT '1' AS receipt, 'ana' AS card, BIGINT '1772457300' AS time, DECIMAL '4.60' AS total
