-- Which name, hardware address or DHCPv6 client had an address, and when. Of several at an instant the latest told is the
-- likeliest: order by valid_from.
DROP VIEW IF EXISTS v_identity;
CREATE SQL SECURITY INVOKER VIEW v_identity AS
SELECT INET6_NTOA(x.address) AS address, x.kind, x.value, x.source, x.valid_from, x.valid_to, p.name AS probe,
       x.address AS address_bytes
  FROM address_identity x
  JOIN probe p ON p.probe_no = x.probe_no;
