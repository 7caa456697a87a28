/*!40101 SET NAMES utf8mb4 */;

CREATE TABLE customer (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    name VARCHAR(80) NOT NULL,
    mood ENUM('sad', 'ok') NOT NULL DEFAULT 'ok',
    born DATE,
    PRIMARY KEY (id),
    UNIQUE KEY customer_name (name),
    CONSTRAINT is_born CHECK (born > '1900-01-01')
) ENGINE = InnoDB COMMENT = 'those who pay';

CREATE TABLE invoice (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT UNSIGNED NOT NULL,
    total DECIMAL(12, 2) NOT NULL DEFAULT 0,
    doubled DECIMAL(13, 2) GENERATED ALWAYS AS (total * 2) STORED,
    made TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    note TEXT CHARACTER SET latin1,
    KEY invoice_made (made),
    CONSTRAINT invoice_customer FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE
);

DELIMITER //
CREATE TRIGGER invoice_total BEFORE INSERT ON invoice FOR EACH ROW
BEGIN
    SET NEW.total = ABS(NEW.total);
END//
DELIMITER ;

CREATE VIEW moods AS SELECT name, mood FROM customer;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
