-- Addresses and what is known about them.
DROP VIEW IF EXISTS v_ipInfo;
CREATE SQL SECURITY INVOKER VIEW v_ipInfo AS
SELECT INET6_NTOA(address) AS address, kind, host_name, activity, location, country, city, asn, as_name, sources,
       discovered_at, resolved_at
  FROM ipInfotable;
