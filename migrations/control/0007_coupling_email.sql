UPDATE `connections` SET `coupling` = 'separate', `version` = `version` + 1 WHERE `coupling` = 'email';
