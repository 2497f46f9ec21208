-- Name of an IP protocol, by IANA's list for those met in practice.
DROP FUNCTION IF EXISTS protocol_name;
DELIMITER $$
CREATE FUNCTION protocol_name(
    in_protocol SMALLINT UNSIGNED   -- IP protocol number; NULL: not told apart
)
    RETURNS VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    COMMENT 'Name of an IP protocol number.'
    SQL SECURITY INVOKER
    DETERMINISTIC
    NO SQL
RETURN CASE in_protocol
         WHEN 1 THEN 'icmp'
         WHEN 2 THEN 'igmp'
         WHEN 4 THEN 'ipv4'
         WHEN 6 THEN 'tcp'
         WHEN 17 THEN 'udp'
         WHEN 33 THEN 'dccp'
         WHEN 41 THEN 'ipv6'
         WHEN 47 THEN 'gre'
         WHEN 50 THEN 'esp'
         WHEN 51 THEN 'ah'
         WHEN 58 THEN 'ipv6-icmp'
         WHEN 59 THEN 'ipv6-nonxt'
         WHEN 88 THEN 'eigrp'
         WHEN 89 THEN 'ospf'
         WHEN 103 THEN 'pim'
         WHEN 112 THEN 'vrrp'
         WHEN 115 THEN 'l2tp'
         WHEN 132 THEN 'sctp'
         WHEN 136 THEN 'udplite'
         ELSE COALESCE(CONCAT('protocol ', in_protocol), 'all protocols')
       END$$
DELIMITER ;
