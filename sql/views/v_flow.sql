-- The flows, readable.
DROP VIEW IF EXISTS v_flow;
CREATE SQL SECURITY INVOKER VIEW v_flow AS
SELECT f.flow_no, p.name AS probe, c.name AS class, IF(f.account = 1, 'yes', 'no') AS account, f.ip_version, f.protocol,
       INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_prefix_length, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_prefix_length, f.rev_port,
       f.service, f.tos, f.vlan, f.interface, f.tap_group
  FROM flow f
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
