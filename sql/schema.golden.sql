TABLE activityrtt_1d
  bucket_start datetime !, probe_no int unsigned !, class_no int unsigned !, src_address varbinary(16) !,
  dst_address varbinary(16) !, service varchar(64) !, direction enum('fwd','rev') !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket)
  RANGE to_days(`bucket_start`)

TABLE activityrtt_1h
  bucket_start datetime !, probe_no int unsigned !, class_no int unsigned !, src_address varbinary(16) !,
  dst_address varbinary(16) !, service varchar(64) !, direction enum('fwd','rev') !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket)
  RANGE to_days(`bucket_start`)

TABLE activityvolumetable_1d
  bucket_start datetime !, probe_no int unsigned !, probe varchar(64) !, class_no int unsigned !,
  class varchar(64) !, src_address varbinary(16) !, src_prefix_length tinyint unsigned, src_host_name varchar(255),
  src_activity varchar(128), src_location varchar(128), src_country varchar(64), src_city varchar(128),
  src_asn int unsigned, src_as_name varchar(255), dst_address varbinary(16) !, dst_prefix_length tinyint unsigned,
  dst_host_name varchar(255), dst_activity varchar(128), dst_location varchar(128), dst_country varchar(64),
  dst_city varchar(128), dst_asn int unsigned, dst_as_name varchar(255), service varchar(64) !,
  protocol smallint unsigned !, protocol_name varchar(32) !, fwd_packets bigint unsigned = 0 !,
  fwd_bytes bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, rev_bytes bigint unsigned = 0 !,
  fwd_duplicate_packets bigint unsigned = 0 !, fwd_duplicate_bytes bigint unsigned = 0 !,
  rev_duplicate_packets bigint unsigned = 0 !, rev_duplicate_bytes bigint unsigned = 0 !,
  connections_opened bigint unsigned = 0 !, connections_established bigint unsigned = 0 !,
  connections_closed bigint unsigned = 0 !, connections_reset bigint unsigned = 0 !,
  connections_refused bigint unsigned = 0 !, connections_timed_out bigint unsigned = 0 !,
  fwd_payload_bytes bigint unsigned = 0 !, fwd_unique_payload_bytes bigint unsigned = 0 !,
  fwd_tcp_packets bigint unsigned = 0 !, fwd_retransmitted_segments bigint unsigned = 0 !,
  fwd_retransmitted_bytes bigint unsigned = 0 !, fwd_out_of_order_segments bigint unsigned = 0 !,
  fwd_duplicate_acks bigint unsigned = 0 !, fwd_zero_windows bigint unsigned = 0 !,
  fwd_rtt_samples bigint unsigned = 0 !, fwd_rtt_sum_ns bigint unsigned = 0 !, fwd_rtt_min_ns bigint unsigned,
  fwd_rtt_max_ns bigint unsigned, rev_payload_bytes bigint unsigned = 0 !,
  rev_unique_payload_bytes bigint unsigned = 0 !, rev_tcp_packets bigint unsigned = 0 !,
  rev_retransmitted_segments bigint unsigned = 0 !, rev_retransmitted_bytes bigint unsigned = 0 !,
  rev_out_of_order_segments bigint unsigned = 0 !, rev_duplicate_acks bigint unsigned = 0 !,
  rev_zero_windows bigint unsigned = 0 !, rev_rtt_samples bigint unsigned = 0 !,
  rev_rtt_sum_ns bigint unsigned = 0 !, rev_rtt_min_ns bigint unsigned, rev_rtt_max_ns bigint unsigned,
  ftp_transfers_started bigint unsigned = 0 !, ftp_transfers_completed bigint unsigned = 0 !,
  ftp_transfers_failed bigint unsigned = 0 !, ftp_transfers_aborted bigint unsigned = 0 !,
  ftp_transfers_unseen bigint unsigned = 0 !, ftp_bytes bigint unsigned = 0 !, ftp_duration_ns bigint unsigned = 0 !
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service)
  RANGE to_days(`bucket_start`)

TABLE activityvolumetable_1h
  bucket_start datetime !, probe_no int unsigned !, probe varchar(64) !, class_no int unsigned !,
  class varchar(64) !, src_address varbinary(16) !, src_prefix_length tinyint unsigned, src_host_name varchar(255),
  src_activity varchar(128), src_location varchar(128), src_country varchar(64), src_city varchar(128),
  src_asn int unsigned, src_as_name varchar(255), dst_address varbinary(16) !, dst_prefix_length tinyint unsigned,
  dst_host_name varchar(255), dst_activity varchar(128), dst_location varchar(128), dst_country varchar(64),
  dst_city varchar(128), dst_asn int unsigned, dst_as_name varchar(255), service varchar(64) !,
  protocol smallint unsigned !, protocol_name varchar(32) !, fwd_packets bigint unsigned = 0 !,
  fwd_bytes bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, rev_bytes bigint unsigned = 0 !,
  fwd_duplicate_packets bigint unsigned = 0 !, fwd_duplicate_bytes bigint unsigned = 0 !,
  rev_duplicate_packets bigint unsigned = 0 !, rev_duplicate_bytes bigint unsigned = 0 !,
  connections_opened bigint unsigned = 0 !, connections_established bigint unsigned = 0 !,
  connections_closed bigint unsigned = 0 !, connections_reset bigint unsigned = 0 !,
  connections_refused bigint unsigned = 0 !, connections_timed_out bigint unsigned = 0 !,
  fwd_payload_bytes bigint unsigned = 0 !, fwd_unique_payload_bytes bigint unsigned = 0 !,
  fwd_tcp_packets bigint unsigned = 0 !, fwd_retransmitted_segments bigint unsigned = 0 !,
  fwd_retransmitted_bytes bigint unsigned = 0 !, fwd_out_of_order_segments bigint unsigned = 0 !,
  fwd_duplicate_acks bigint unsigned = 0 !, fwd_zero_windows bigint unsigned = 0 !,
  fwd_rtt_samples bigint unsigned = 0 !, fwd_rtt_sum_ns bigint unsigned = 0 !, fwd_rtt_min_ns bigint unsigned,
  fwd_rtt_max_ns bigint unsigned, rev_payload_bytes bigint unsigned = 0 !,
  rev_unique_payload_bytes bigint unsigned = 0 !, rev_tcp_packets bigint unsigned = 0 !,
  rev_retransmitted_segments bigint unsigned = 0 !, rev_retransmitted_bytes bigint unsigned = 0 !,
  rev_out_of_order_segments bigint unsigned = 0 !, rev_duplicate_acks bigint unsigned = 0 !,
  rev_zero_windows bigint unsigned = 0 !, rev_rtt_samples bigint unsigned = 0 !,
  rev_rtt_sum_ns bigint unsigned = 0 !, rev_rtt_min_ns bigint unsigned, rev_rtt_max_ns bigint unsigned,
  ftp_transfers_started bigint unsigned = 0 !, ftp_transfers_completed bigint unsigned = 0 !,
  ftp_transfers_failed bigint unsigned = 0 !, ftp_transfers_aborted bigint unsigned = 0 !,
  ftp_transfers_unseen bigint unsigned = 0 !, ftp_bytes bigint unsigned = 0 !, ftp_duration_ns bigint unsigned = 0 !
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service)
  RANGE to_days(`bucket_start`)

TABLE activityvolumetable_netflow_1d
  bucket_start datetime !, probe_no int unsigned !, exporter varbinary(16) !, probe varchar(64) !,
  src_address varbinary(16) !, src_prefix_length tinyint unsigned, src_host_name varchar(255),
  src_activity varchar(128), src_location varchar(128), src_country varchar(64), src_city varchar(128),
  src_asn int unsigned, src_as_name varchar(255), dst_address varbinary(16) !, dst_prefix_length tinyint unsigned,
  dst_host_name varchar(255), dst_activity varchar(128), dst_location varchar(128), dst_country varchar(64),
  dst_city varchar(128), dst_asn int unsigned, dst_as_name varchar(255), service varchar(64) !,
  protocol smallint unsigned !, protocol_name varchar(32) !, fwd_packets bigint unsigned = 0 !,
  fwd_bytes bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, rev_bytes bigint unsigned = 0 !
  PRIMARY KEY (bucket_start, probe_no, exporter, src_address, dst_address, protocol, service)
  RANGE to_days(`bucket_start`)

TABLE activityvolumetable_netflow_1h
  bucket_start datetime !, probe_no int unsigned !, exporter varbinary(16) !, probe varchar(64) !,
  src_address varbinary(16) !, src_prefix_length tinyint unsigned, src_host_name varchar(255),
  src_activity varchar(128), src_location varchar(128), src_country varchar(64), src_city varchar(128),
  src_asn int unsigned, src_as_name varchar(255), dst_address varbinary(16) !, dst_prefix_length tinyint unsigned,
  dst_host_name varchar(255), dst_activity varchar(128), dst_location varchar(128), dst_country varchar(64),
  dst_city varchar(128), dst_asn int unsigned, dst_as_name varchar(255), service varchar(64) !,
  protocol smallint unsigned !, protocol_name varchar(32) !, fwd_packets bigint unsigned = 0 !,
  fwd_bytes bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, rev_bytes bigint unsigned = 0 !
  PRIMARY KEY (bucket_start, probe_no, exporter, src_address, dst_address, protocol, service)
  RANGE to_days(`bucket_start`)

TABLE address_identity
  address varbinary(16) !, kind varchar(32) ascii_bin !, value varchar(255) !, source varchar(32) ascii_bin !,
  probe_no int unsigned !, valid_from datetime(6) !, valid_to datetime(6) !
  PRIMARY KEY (address, valid_from, kind, source, probe_no, value)
  KEY value (value, valid_from)

TABLE aggregated_day
  day date !, source enum('probe','netflow') !, aggregated_at datetime(6) !, fwd_packets bigint unsigned !,
  rev_packets bigint unsigned !, fwd_bytes bigint unsigned !, rev_bytes bigint unsigned !
  PRIMARY KEY (day, source)

TABLE capsttable
  run_no int unsigned !, record_no bigint unsigned !, interface varchar(64) !, interval_start datetime !,
  interval_s int unsigned !, packets bigint unsigned !, bytes bigint unsigned !, ip_packets bigint unsigned !,
  ip_bytes bigint unsigned !, matched bigint unsigned !, unmatched bigint unsigned !, non_ip bigint unsigned !,
  ethertypes mediumtext !, undecodable bigint unsigned !, undecodable_reasons mediumtext !,
  malformed_reasons mediumtext !, kernel_dropped bigint unsigned !, card_dropped bigint unsigned !,
  queue_dropped bigint unsigned !, bad_time bigint unsigned !, fwd_packets bigint unsigned !,
  rev_packets bigint unsigned !, fwd_duplicate_packets bigint unsigned !, rev_duplicate_packets bigint unsigned !,
  fwd_duplicate_bytes bigint unsigned !, rev_duplicate_bytes bigint unsigned !, forgotten_frames bigint unsigned !,
  clock_offset_ns bigint, clock_error_ns bigint unsigned
  PRIMARY KEY (interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE capsttable_1d
  bucket_start datetime !, probe_no int unsigned !, interface varchar(64) !, covered_s int unsigned = 0 !,
  packets bigint unsigned = 0 !, bytes bigint unsigned = 0 !, ip_packets bigint unsigned = 0 !,
  ip_bytes bigint unsigned = 0 !, matched bigint unsigned = 0 !, unmatched bigint unsigned = 0 !,
  non_ip bigint unsigned = 0 !, undecodable bigint unsigned = 0 !, kernel_dropped bigint unsigned = 0 !,
  card_dropped bigint unsigned = 0 !, queue_dropped bigint unsigned = 0 !, bad_time bigint unsigned = 0 !,
  fwd_packets bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, fwd_duplicate_packets bigint unsigned = 0 !,
  rev_duplicate_packets bigint unsigned = 0 !, fwd_duplicate_bytes bigint unsigned = 0 !,
  rev_duplicate_bytes bigint unsigned = 0 !, forgotten_frames bigint unsigned = 0 !,
  clock_error_max_ns bigint unsigned
  PRIMARY KEY (bucket_start, probe_no, interface)
  RANGE to_days(`bucket_start`)

TABLE capsttable_1h
  bucket_start datetime !, probe_no int unsigned !, interface varchar(64) !, covered_s int unsigned = 0 !,
  packets bigint unsigned = 0 !, bytes bigint unsigned = 0 !, ip_packets bigint unsigned = 0 !,
  ip_bytes bigint unsigned = 0 !, matched bigint unsigned = 0 !, unmatched bigint unsigned = 0 !,
  non_ip bigint unsigned = 0 !, undecodable bigint unsigned = 0 !, kernel_dropped bigint unsigned = 0 !,
  card_dropped bigint unsigned = 0 !, queue_dropped bigint unsigned = 0 !, bad_time bigint unsigned = 0 !,
  fwd_packets bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, fwd_duplicate_packets bigint unsigned = 0 !,
  rev_duplicate_packets bigint unsigned = 0 !, fwd_duplicate_bytes bigint unsigned = 0 !,
  rev_duplicate_bytes bigint unsigned = 0 !, forgotten_frames bigint unsigned = 0 !,
  clock_error_max_ns bigint unsigned
  PRIMARY KEY (bucket_start, probe_no, interface)
  RANGE to_days(`bucket_start`)

TABLE capsttable_1m
  bucket_start datetime !, probe_no int unsigned !, interface varchar(64) !, covered_s int unsigned = 0 !,
  packets bigint unsigned = 0 !, bytes bigint unsigned = 0 !, ip_packets bigint unsigned = 0 !,
  ip_bytes bigint unsigned = 0 !, matched bigint unsigned = 0 !, unmatched bigint unsigned = 0 !,
  non_ip bigint unsigned = 0 !, undecodable bigint unsigned = 0 !, kernel_dropped bigint unsigned = 0 !,
  card_dropped bigint unsigned = 0 !, queue_dropped bigint unsigned = 0 !, bad_time bigint unsigned = 0 !,
  fwd_packets bigint unsigned = 0 !, rev_packets bigint unsigned = 0 !, fwd_duplicate_packets bigint unsigned = 0 !,
  rev_duplicate_packets bigint unsigned = 0 !, fwd_duplicate_bytes bigint unsigned = 0 !,
  rev_duplicate_bytes bigint unsigned = 0 !, forgotten_frames bigint unsigned = 0 !,
  clock_error_max_ns bigint unsigned
  PRIMARY KEY (bucket_start, probe_no, interface)
  RANGE to_days(`bucket_start`)

TABLE eventtable
  run_no int unsigned !, record_no bigint unsigned !, at datetime(6) !, origin varchar(64) !,
  severity varchar(32) ascii_bin !, code varchar(64) ascii_bin !, text text !, parameters text !
  PRIMARY KEY (at, run_no, record_no)
  KEY code (code, at)
  RANGE to_days(`at`)

TABLE feed
  probe varchar(64) !, since datetime(6) !, collector varchar(64) !
  PRIMARY KEY (probe, since)

TABLE flow
  flow_no bigint unsigned !, description_hash binary(16) !, probe_no int unsigned !, class_no int unsigned !,
  account tinyint unsigned !, two_way tinyint unsigned !, ip_version tinyint unsigned, protocol tinyint unsigned,
  fwd_address varbinary(16), fwd_prefix_length tinyint unsigned, rev_address varbinary(16),
  rev_prefix_length tinyint unsigned, fwd_port smallint unsigned, rev_port smallint unsigned, service varchar(64),
  tos tinyint unsigned, vlan smallint unsigned, interface varchar(64), tap_group varchar(64)
  PRIMARY KEY (flow_no)
  UNIQUE KEY description_hash (description_hash)
  KEY fwd_address (fwd_address)
  KEY rev_address (rev_address)

TABLE flow_class
  class_no int unsigned !, name varchar(64) !
  PRIMARY KEY (class_no)
  UNIQUE KEY name (name)

TABLE flow_instance
  run_no int unsigned !, flow_id bigint unsigned !, flow_no bigint unsigned !, direction varchar(32) ascii_bin !,
  started datetime(6) !, ended datetime(6), end_reason varchar(32) ascii_bin
  PRIMARY KEY (run_no, flow_id)
  KEY flow_no (flow_no, started)

TABLE ftpcttable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, interval_start datetime !,
  interval_s int unsigned !, sessions_opened bigint unsigned !, logins_accepted bigint unsigned !,
  logins_refused bigint unsigned !, transfers_started bigint unsigned !, transfers_completed bigint unsigned !,
  transfers_failed bigint unsigned !, transfers_aborted bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE ftpcttable_1d
  flow_no bigint unsigned !, bucket_start datetime !, sessions_opened bigint unsigned !,
  logins_accepted bigint unsigned !, logins_refused bigint unsigned !, transfers_started bigint unsigned !,
  transfers_completed bigint unsigned !, transfers_failed bigint unsigned !, transfers_aborted bigint unsigned !,
  fwd_bytes bigint unsigned !, rev_bytes bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ftpcttable_1h
  flow_no bigint unsigned !, bucket_start datetime !, sessions_opened bigint unsigned !,
  logins_accepted bigint unsigned !, logins_refused bigint unsigned !, transfers_started bigint unsigned !,
  transfers_completed bigint unsigned !, transfers_failed bigint unsigned !, transfers_aborted bigint unsigned !,
  fwd_bytes bigint unsigned !, rev_bytes bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ftpcttable_1m
  flow_no bigint unsigned !, bucket_start datetime !, sessions_opened bigint unsigned !,
  logins_accepted bigint unsigned !, logins_refused bigint unsigned !, transfers_started bigint unsigned !,
  transfers_completed bigint unsigned !, transfers_failed bigint unsigned !, transfers_aborted bigint unsigned !,
  fwd_bytes bigint unsigned !, rev_bytes bigint unsigned !
  PRIMARY KEY (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ftptftable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, session_id bigint unsigned !,
  client varbinary(16) !, client_port smallint unsigned !, server varbinary(16) !, server_port smallint unsigned !,
  user text, command varchar(32) ascii_bin !, path text, mode varchar(32) ascii_bin, data_address varbinary(16),
  data_port smallint unsigned, data_flow_id bigint unsigned, data_flow_no bigint unsigned,
  restart_offset bigint unsigned !, commanded datetime(6) !, connected datetime(6), first_payload datetime(6),
  last_payload datetime(6), replied datetime(6), reply_code smallint unsigned, bytes bigint unsigned !,
  throughput_bits_per_s bigint unsigned, outcome varchar(32) ascii_bin !, account_flow_no bigint unsigned,
  attributed_at datetime(6)
  PRIMARY KEY (commanded, run_no, record_no)
  KEY attributed_at (attributed_at)
  KEY flow_no (flow_no, commanded)
  RANGE to_days(`commanded`)

TABLE hop
  class_no int unsigned !, hop smallint unsigned !, probe varchar(64) !, interface varchar(64)
  PRIMARY KEY (class_no, hop)

TABLE icmpcttable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, interval_start datetime !,
  interval_s int unsigned !, icmp_type tinyint unsigned !, icmp_code tinyint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE icmpcttable_1d
  flow_no bigint unsigned !, bucket_start datetime !, icmp_type tinyint unsigned !, icmp_code tinyint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, icmp_type, icmp_code)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE icmpcttable_1h
  flow_no bigint unsigned !, bucket_start datetime !, icmp_type tinyint unsigned !, icmp_code tinyint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, icmp_type, icmp_code)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE icmpcttable_1m
  flow_no bigint unsigned !, bucket_start datetime !, icmp_type tinyint unsigned !, icmp_code tinyint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !
  PRIMARY KEY (flow_no, bucket_start, icmp_type, icmp_code)
  RANGE to_days(`bucket_start`)

TABLE identtable
  run_no int unsigned !, record_no bigint unsigned !, address varbinary(16) !, kind varchar(32) ascii_bin !,
  value text !, source varchar(32) ascii_bin !, valid_from datetime(6) !, valid_to datetime(6) !
  PRIMARY KEY (valid_from, run_no, record_no)
  RANGE to_days(`valid_from`)

TABLE instance
  name varchar(64) !, created_at datetime(6) !
  PRIMARY KEY (name)

TABLE ipInfotable
  address varbinary(16) !, discovered_at datetime(6) !, kind varchar(32), host_name varchar(255),
  host_name_tried_at datetime(6), host_name_error varchar(64), activity varchar(128), location varchar(128),
  country_code char(2), country varchar(64), city varchar(128), latitude decimal(9,6), longitude decimal(9,6),
  asn int unsigned, as_name varchar(255), sources varchar(255), resolved_at datetime(6), changed_at datetime(6)
  PRIMARY KEY (address)
  KEY changed_at (changed_at)
  KEY resolved_at (resolved_at)

TABLE ipcttable
  flow_no bigint unsigned !, attributed_flow_no bigint unsigned !, run_no int unsigned !,
  record_no bigint unsigned !, interval_start datetime !, interval_s int unsigned !, fwd_packets bigint unsigned !,
  rev_packets bigint unsigned !, fwd_bytes bigint unsigned !, rev_bytes bigint unsigned !,
  fwd_fragments bigint unsigned !, rev_fragments bigint unsigned !, fwd_duplicate_packets bigint unsigned !,
  rev_duplicate_packets bigint unsigned !, fwd_duplicate_bytes bigint unsigned !,
  rev_duplicate_bytes bigint unsigned !, first datetime(6) !, last datetime(6) !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE ipcttable_1d
  flow_no bigint unsigned !, bucket_start datetime !, attributed_flow_no bigint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !, fwd_fragments bigint unsigned !, rev_fragments bigint unsigned !,
  fwd_duplicate_packets bigint unsigned !, rev_duplicate_packets bigint unsigned !,
  fwd_duplicate_bytes bigint unsigned !, rev_duplicate_bytes bigint unsigned !, first datetime(6) !,
  last datetime(6) !
  PRIMARY KEY (bucket_start, flow_no, attributed_flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ipcttable_1h
  flow_no bigint unsigned !, bucket_start datetime !, attributed_flow_no bigint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !, fwd_fragments bigint unsigned !, rev_fragments bigint unsigned !,
  fwd_duplicate_packets bigint unsigned !, rev_duplicate_packets bigint unsigned !,
  fwd_duplicate_bytes bigint unsigned !, rev_duplicate_bytes bigint unsigned !, first datetime(6) !,
  last datetime(6) !
  PRIMARY KEY (bucket_start, flow_no, attributed_flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ipcttable_1m
  flow_no bigint unsigned !, bucket_start datetime !, attributed_flow_no bigint unsigned !,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !, fwd_fragments bigint unsigned !, rev_fragments bigint unsigned !,
  fwd_duplicate_packets bigint unsigned !, rev_duplicate_packets bigint unsigned !,
  fwd_duplicate_bytes bigint unsigned !, rev_duplicate_bytes bigint unsigned !, first datetime(6) !,
  last datetime(6) !
  PRIMARY KEY (flow_no, bucket_start, attributed_flow_no)
  RANGE to_days(`bucket_start`)

TABLE ipsztable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, interval_start datetime !,
  interval_s int unsigned !, slice_no int unsigned !, fwd_packets bigint unsigned !, rev_packets bigint unsigned !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE ipsztable_1d
  flow_no bigint unsigned !, bucket_start datetime !, slice_no int unsigned !, fwd_packets bigint unsigned !,
  rev_packets bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, slice_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ipsztable_1h
  flow_no bigint unsigned !, bucket_start datetime !, slice_no int unsigned !, fwd_packets bigint unsigned !,
  rev_packets bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, slice_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE ipsztable_1m
  flow_no bigint unsigned !, bucket_start datetime !, slice_no int unsigned !, fwd_packets bigint unsigned !,
  rev_packets bigint unsigned !
  PRIMARY KEY (flow_no, bucket_start, slice_no)
  RANGE to_days(`bucket_start`)

TABLE load_history
  file_name varchar(255) !, sha256 binary(32) !, type varchar(16) ascii_bin !, lines_loaded bigint unsigned !,
  lines_rejected bigint unsigned !, size_bytes bigint unsigned !, loaded_at datetime(6) !
  PRIMARY KEY (file_name)
  KEY loaded_at (loaded_at)

TABLE netflowtable
  run_no int unsigned !, record_no bigint unsigned !, file_hour datetime !, exporter varbinary(16) !,
  first datetime(6) !, last datetime(6) !, src_address varbinary(16) !, dst_address varbinary(16) !,
  src_port smallint unsigned !, dst_port smallint unsigned !, protocol tinyint unsigned !, tos tinyint unsigned,
  tcp_flags smallint unsigned, packets bigint unsigned !, bytes bigint unsigned !, sampling_rate int unsigned !,
  input_interface int unsigned, output_interface int unsigned, src_as int unsigned, dst_as int unsigned
  PRIMARY KEY (first, run_no, record_no)
  KEY file_hour (file_hour, run_no)
  RANGE to_days(`first`)

TABLE netflowtable_1d
  bucket_start datetime !, probe_no int unsigned !, exporter varbinary(16) !, src_address varbinary(16) !,
  dst_address varbinary(16) !, protocol tinyint unsigned !, src_port smallint unsigned !,
  dst_port smallint unsigned !, packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, exporter, src_address, dst_address, protocol, src_port, dst_port)
  RANGE to_days(`bucket_start`)

TABLE netflowtable_1h
  bucket_start datetime !, probe_no int unsigned !, exporter varbinary(16) !, src_address varbinary(16) !,
  dst_address varbinary(16) !, protocol tinyint unsigned !, src_port smallint unsigned !,
  dst_port smallint unsigned !, packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, exporter, src_address, dst_address, protocol, src_port, dst_port)
  RANGE to_days(`bucket_start`)

TABLE netflowtable_1m
  bucket_start datetime !, probe_no int unsigned !, exporter varbinary(16) !, file_hour datetime !,
  src_address varbinary(16) !, dst_address varbinary(16) !, protocol tinyint unsigned !,
  src_port smallint unsigned !, dst_port smallint unsigned !, packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, exporter, file_hour, src_address, dst_address, protocol, src_port, dst_port)
  KEY file_hour (probe_no, exporter, file_hour)
  RANGE to_days(`bucket_start`)

TABLE objective
  run_no int unsigned !, class_no int unsigned !, since datetime(6) !, objective varchar(64) !,
  metric varchar(32) ascii_bin !, target bigint unsigned !, percentile int unsigned, protocol varchar(32) ascii_bin,
  from_hop smallint unsigned, to_hop smallint unsigned, hours int unsigned !, samples bigint unsigned !,
  measured int unsigned !
  PRIMARY KEY (run_no, class_no, since, objective)

TABLE owcttable
  class_no int unsigned !, run_no int unsigned !, record_no bigint unsigned !, from_hop smallint unsigned !,
  to_hop smallint unsigned !, interval_start datetime !, interval_s int unsigned !,
  matched_packets bigint unsigned !, matched_bytes bigint unsigned !, lost_packets bigint unsigned !,
  lost_bytes bigint unsigned !, missed_packets bigint unsigned !, missed_bytes bigint unsigned !,
  unknown_packets bigint unsigned !, unknown_bytes bigint unsigned !, dropped_packets bigint unsigned !,
  dropped_bytes bigint unsigned !, latency_sum_ns bigint !, latency_min_ns bigint, latency_max_ns bigint,
  latency_histogram mediumtext ascii_bin !, duplicate_packets bigint unsigned !, duplicate_bytes bigint unsigned !,
  negative_packets bigint unsigned !
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE owcttable_1d
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  matched_packets bigint unsigned !, matched_bytes bigint unsigned !, lost_packets bigint unsigned !,
  lost_bytes bigint unsigned !, missed_packets bigint unsigned !, missed_bytes bigint unsigned !,
  unknown_packets bigint unsigned !, unknown_bytes bigint unsigned !, dropped_packets bigint unsigned !,
  dropped_bytes bigint unsigned !, latency_sum_ns bigint !, latency_min_ns bigint, latency_max_ns bigint,
  duplicate_packets bigint unsigned !, duplicate_bytes bigint unsigned !, negative_packets bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owcttable_1h
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  matched_packets bigint unsigned !, matched_bytes bigint unsigned !, lost_packets bigint unsigned !,
  lost_bytes bigint unsigned !, missed_packets bigint unsigned !, missed_bytes bigint unsigned !,
  unknown_packets bigint unsigned !, unknown_bytes bigint unsigned !, dropped_packets bigint unsigned !,
  dropped_bytes bigint unsigned !, latency_sum_ns bigint !, latency_min_ns bigint, latency_max_ns bigint,
  duplicate_packets bigint unsigned !, duplicate_bytes bigint unsigned !, negative_packets bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owcttable_1m
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  matched_packets bigint unsigned !, matched_bytes bigint unsigned !, lost_packets bigint unsigned !,
  lost_bytes bigint unsigned !, missed_packets bigint unsigned !, missed_bytes bigint unsigned !,
  unknown_packets bigint unsigned !, unknown_bytes bigint unsigned !, dropped_packets bigint unsigned !,
  dropped_bytes bigint unsigned !, latency_sum_ns bigint !, latency_min_ns bigint, latency_max_ns bigint,
  duplicate_packets bigint unsigned !, duplicate_bytes bigint unsigned !, negative_packets bigint unsigned !
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owdroptable
  class_no int unsigned !, run_no int unsigned !, record_no bigint unsigned !, from_hop smallint unsigned !,
  to_hop smallint unsigned !, interval_start datetime !, interval_s int unsigned !, packets bigint unsigned !,
  bytes bigint unsigned !
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE owdroptable_1d
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owdroptable_1h
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owdroptable_1m
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owlatencytable_1d
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, histogram_bucket)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owlatencytable_1h
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, histogram_bucket)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owlattable
  class_no int unsigned !, run_no int unsigned !, record_no bigint unsigned !, signature char(16) ascii_bin !,
  from_hop smallint unsigned !, to_hop smallint unsigned !, seen datetime(6) !, latency_ns bigint !,
  bytes bigint unsigned !
  PRIMARY KEY (class_no, seen, run_no, record_no)
  RANGE to_days(`seen`)

TABLE owlosttable
  class_no int unsigned !, run_no int unsigned !, record_no bigint unsigned !, from_hop smallint unsigned !,
  to_hop smallint unsigned !, interval_start datetime !, interval_s int unsigned !, packets bigint unsigned !,
  bytes bigint unsigned !
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE owlosttable_1d
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owlosttable_1h
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owlosttable_1m
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, bucket_start datetime !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owmisstable
  class_no int unsigned !, run_no int unsigned !, record_no bigint unsigned !, from_hop smallint unsigned !,
  to_hop smallint unsigned !, interval_start datetime !, interval_s int unsigned !, at_hop smallint unsigned !,
  packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE owmisstable_1d
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, at_hop smallint unsigned !,
  bucket_start datetime !, packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, at_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owmisstable_1h
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, at_hop smallint unsigned !,
  bucket_start datetime !, packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, at_hop)
  KEY class_no (class_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE owmisstable_1m
  class_no int unsigned !, from_hop smallint unsigned !, to_hop smallint unsigned !, at_hop smallint unsigned !,
  bucket_start datetime !, packets bigint unsigned !, bytes bigint unsigned !
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start, at_hop)
  RANGE to_days(`bucket_start`)

TABLE owtstable
  class_no int unsigned !, run_no int unsigned !, record_no bigint unsigned !, signature char(16) ascii_bin !,
  seen datetime(6) !, hops text !, bytes bigint unsigned !
  PRIMARY KEY (class_no, seen, run_no, record_no)
  RANGE to_days(`seen`)

TABLE probe
  probe_no int unsigned !, name varchar(64) !, first_seen datetime(6) !
  PRIMARY KEY (probe_no)
  UNIQUE KEY name (name)

TABLE probe_run
  run_no int unsigned !, probe_no int unsigned !, run char(16) ascii_bin !, first_seen datetime(6) !
  PRIMARY KEY (run_no)
  UNIQUE KEY run (probe_no, run)

TABLE protocol_table
  protocol tinyint unsigned !, port smallint unsigned !, service varchar(64) !, precedence smallint unsigned !
  PRIMARY KEY (protocol, port)

TABLE removed_netflow_hour
  probe_no int unsigned !, exporter varbinary(16) !, file_hour datetime !
  PRIMARY KEY (probe_no, exporter, file_hour)

TABLE removed_record
  table_name varchar(64) !, run_no int unsigned !, first_record_no bigint unsigned !,
  last_record_no bigint unsigned !
  PRIMARY KEY (table_name, run_no, first_record_no)

TABLE retention
  table_name varchar(64) !, keep_days int unsigned, keep_mib bigint unsigned
  PRIMARY KEY (table_name)

TABLE retention_history
  nth bigint unsigned !, removed_at datetime(6) !, table_name varchar(64) !, partition_name varchar(64) !,
  row_count bigint unsigned !
  PRIMARY KEY (nth)
  KEY table_name (table_name, nth)

TABLE retention_mark
  table_name varchar(64) !, removed_before date !, marked_at datetime(6) !
  PRIMARY KEY (table_name)

TABLE run_slice
  run_no int unsigned !, class_no int unsigned !, metric varchar(32) ascii_bin !, slice smallint unsigned !,
  slice_no int unsigned !
  PRIMARY KEY (run_no, class_no, metric, slice)

TABLE schema_version
  version int unsigned !, name varchar(128) !, applied_at datetime(6) !
  PRIMARY KEY (version)

TABLE servicertt_1d
  bucket_start datetime !, probe_no int unsigned !, service varchar(64) !, direction enum('fwd','rev') !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, service, direction, histogram_bucket)
  RANGE to_days(`bucket_start`)

TABLE servicertt_1h
  bucket_start datetime !, probe_no int unsigned !, service varchar(64) !, direction enum('fwd','rev') !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, probe_no, service, direction, histogram_bucket)
  RANGE to_days(`bucket_start`)

TABLE slice
  slice_no int unsigned !, class_no int unsigned !, metric varchar(32) ascii_bin !, slice smallint unsigned !,
  lower bigint unsigned !, upper bigint unsigned
  PRIMARY KEY (slice_no)
  UNIQUE KEY bounds (class_no, metric, slice, lower, upper)

TABLE stale_day
  day date !, source enum('probe','netflow') !, marked_at datetime(6) !
  PRIMARY KEY (day, source)

TABLE tcpcttable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, interval_start datetime !,
  interval_s int unsigned !, connections_opened bigint unsigned !, connections_established bigint unsigned !,
  connections_closed bigint unsigned !, connections_reset bigint unsigned !, connections_refused bigint unsigned !,
  connections_timed_out bigint unsigned !, fwd_packets bigint unsigned !, rev_packets bigint unsigned !,
  fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_unique_payload_bytes bigint unsigned !, rev_unique_payload_bytes bigint unsigned !, fwd_syn bigint unsigned !,
  rev_syn bigint unsigned !, fwd_syn_repeats bigint unsigned !, rev_syn_repeats bigint unsigned !,
  fwd_synack bigint unsigned !, rev_synack bigint unsigned !, fwd_fin bigint unsigned !, rev_fin bigint unsigned !,
  fwd_fin_repeats bigint unsigned !, rev_fin_repeats bigint unsigned !, fwd_rst bigint unsigned !,
  rev_rst bigint unsigned !, fwd_retransmitted_segments bigint unsigned !,
  rev_retransmitted_segments bigint unsigned !, fwd_retransmitted_bytes bigint unsigned !,
  rev_retransmitted_bytes bigint unsigned !, fwd_out_of_order_segments bigint unsigned !,
  rev_out_of_order_segments bigint unsigned !, fwd_duplicate_acks bigint unsigned !,
  rev_duplicate_acks bigint unsigned !, fwd_zero_windows bigint unsigned !, rev_zero_windows bigint unsigned !,
  fwd_zero_window_episodes bigint unsigned !, rev_zero_window_episodes bigint unsigned !,
  fwd_rtt_samples bigint unsigned !, rev_rtt_samples bigint unsigned !, fwd_rtt_sum_ns bigint unsigned !,
  rev_rtt_sum_ns bigint unsigned !, fwd_rtt_min_ns bigint unsigned, rev_rtt_min_ns bigint unsigned,
  fwd_rtt_max_ns bigint unsigned, rev_rtt_max_ns bigint unsigned, fwd_rtt_histogram mediumtext ascii_bin !,
  rev_rtt_histogram mediumtext ascii_bin !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE tcpcttable_1d
  flow_no bigint unsigned !, bucket_start datetime !, connections_opened bigint unsigned !,
  connections_established bigint unsigned !, connections_closed bigint unsigned !,
  connections_reset bigint unsigned !, connections_refused bigint unsigned !,
  connections_timed_out bigint unsigned !, fwd_packets bigint unsigned !, rev_packets bigint unsigned !,
  fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_unique_payload_bytes bigint unsigned !, rev_unique_payload_bytes bigint unsigned !, fwd_syn bigint unsigned !,
  rev_syn bigint unsigned !, fwd_syn_repeats bigint unsigned !, rev_syn_repeats bigint unsigned !,
  fwd_synack bigint unsigned !, rev_synack bigint unsigned !, fwd_fin bigint unsigned !, rev_fin bigint unsigned !,
  fwd_fin_repeats bigint unsigned !, rev_fin_repeats bigint unsigned !, fwd_rst bigint unsigned !,
  rev_rst bigint unsigned !, fwd_retransmitted_segments bigint unsigned !,
  rev_retransmitted_segments bigint unsigned !, fwd_retransmitted_bytes bigint unsigned !,
  rev_retransmitted_bytes bigint unsigned !, fwd_out_of_order_segments bigint unsigned !,
  rev_out_of_order_segments bigint unsigned !, fwd_duplicate_acks bigint unsigned !,
  rev_duplicate_acks bigint unsigned !, fwd_zero_windows bigint unsigned !, rev_zero_windows bigint unsigned !,
  fwd_zero_window_episodes bigint unsigned !, rev_zero_window_episodes bigint unsigned !,
  fwd_rtt_samples bigint unsigned !, rev_rtt_samples bigint unsigned !, fwd_rtt_sum_ns bigint unsigned !,
  rev_rtt_sum_ns bigint unsigned !, fwd_rtt_min_ns bigint unsigned, rev_rtt_min_ns bigint unsigned,
  fwd_rtt_max_ns bigint unsigned, rev_rtt_max_ns bigint unsigned
  PRIMARY KEY (bucket_start, flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE tcpcttable_1h
  flow_no bigint unsigned !, bucket_start datetime !, connections_opened bigint unsigned !,
  connections_established bigint unsigned !, connections_closed bigint unsigned !,
  connections_reset bigint unsigned !, connections_refused bigint unsigned !,
  connections_timed_out bigint unsigned !, fwd_packets bigint unsigned !, rev_packets bigint unsigned !,
  fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_unique_payload_bytes bigint unsigned !, rev_unique_payload_bytes bigint unsigned !, fwd_syn bigint unsigned !,
  rev_syn bigint unsigned !, fwd_syn_repeats bigint unsigned !, rev_syn_repeats bigint unsigned !,
  fwd_synack bigint unsigned !, rev_synack bigint unsigned !, fwd_fin bigint unsigned !, rev_fin bigint unsigned !,
  fwd_fin_repeats bigint unsigned !, rev_fin_repeats bigint unsigned !, fwd_rst bigint unsigned !,
  rev_rst bigint unsigned !, fwd_retransmitted_segments bigint unsigned !,
  rev_retransmitted_segments bigint unsigned !, fwd_retransmitted_bytes bigint unsigned !,
  rev_retransmitted_bytes bigint unsigned !, fwd_out_of_order_segments bigint unsigned !,
  rev_out_of_order_segments bigint unsigned !, fwd_duplicate_acks bigint unsigned !,
  rev_duplicate_acks bigint unsigned !, fwd_zero_windows bigint unsigned !, rev_zero_windows bigint unsigned !,
  fwd_zero_window_episodes bigint unsigned !, rev_zero_window_episodes bigint unsigned !,
  fwd_rtt_samples bigint unsigned !, rev_rtt_samples bigint unsigned !, fwd_rtt_sum_ns bigint unsigned !,
  rev_rtt_sum_ns bigint unsigned !, fwd_rtt_min_ns bigint unsigned, rev_rtt_min_ns bigint unsigned,
  fwd_rtt_max_ns bigint unsigned, rev_rtt_max_ns bigint unsigned
  PRIMARY KEY (bucket_start, flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE tcpcttable_1m
  flow_no bigint unsigned !, bucket_start datetime !, connections_opened bigint unsigned !,
  connections_established bigint unsigned !, connections_closed bigint unsigned !,
  connections_reset bigint unsigned !, connections_refused bigint unsigned !,
  connections_timed_out bigint unsigned !, fwd_packets bigint unsigned !, rev_packets bigint unsigned !,
  fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_unique_payload_bytes bigint unsigned !, rev_unique_payload_bytes bigint unsigned !, fwd_syn bigint unsigned !,
  rev_syn bigint unsigned !, fwd_syn_repeats bigint unsigned !, rev_syn_repeats bigint unsigned !,
  fwd_synack bigint unsigned !, rev_synack bigint unsigned !, fwd_fin bigint unsigned !, rev_fin bigint unsigned !,
  fwd_fin_repeats bigint unsigned !, rev_fin_repeats bigint unsigned !, fwd_rst bigint unsigned !,
  rev_rst bigint unsigned !, fwd_retransmitted_segments bigint unsigned !,
  rev_retransmitted_segments bigint unsigned !, fwd_retransmitted_bytes bigint unsigned !,
  rev_retransmitted_bytes bigint unsigned !, fwd_out_of_order_segments bigint unsigned !,
  rev_out_of_order_segments bigint unsigned !, fwd_duplicate_acks bigint unsigned !,
  rev_duplicate_acks bigint unsigned !, fwd_zero_windows bigint unsigned !, rev_zero_windows bigint unsigned !,
  fwd_zero_window_episodes bigint unsigned !, rev_zero_window_episodes bigint unsigned !,
  fwd_rtt_samples bigint unsigned !, rev_rtt_samples bigint unsigned !, fwd_rtt_sum_ns bigint unsigned !,
  rev_rtt_sum_ns bigint unsigned !, fwd_rtt_min_ns bigint unsigned, rev_rtt_min_ns bigint unsigned,
  fwd_rtt_max_ns bigint unsigned, rev_rtt_max_ns bigint unsigned
  PRIMARY KEY (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE tcpcxtable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, connection_id bigint unsigned !,
  tail tinyint unsigned !, other_classes text !, tap_group varchar(64) !, fwd_address varbinary(16) !,
  fwd_port smallint unsigned !, rev_address varbinary(16) !, rev_port smallint unsigned !, tunnel bigint unsigned,
  started datetime(6) !, ended datetime(6) !, outcome varchar(32) ascii_bin !, syn_seen tinyint unsigned !,
  established tinyint unsigned !, syn_synack_ns bigint unsigned, synack_ack_ns bigint unsigned,
  fwd_packets bigint unsigned !, rev_packets bigint unsigned !, fwd_bytes bigint unsigned !,
  rev_bytes bigint unsigned !, fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_unique_payload_bytes bigint unsigned !, rev_unique_payload_bytes bigint unsigned !,
  fwd_duplicate_frames bigint unsigned !, rev_duplicate_frames bigint unsigned !,
  fwd_retransmitted_segments bigint unsigned !, rev_retransmitted_segments bigint unsigned !,
  fwd_retransmitted_bytes bigint unsigned !, rev_retransmitted_bytes bigint unsigned !,
  fwd_retransmit_rto bigint unsigned !, rev_retransmit_rto bigint unsigned !, fwd_retransmit_fs bigint unsigned !,
  rev_retransmit_fs bigint unsigned !, fwd_retransmit_reor bigint unsigned !, rev_retransmit_reor bigint unsigned !,
  fwd_retransmit_dup bigint unsigned !, rev_retransmit_dup bigint unsigned !, fwd_retransmit_unk bigint unsigned !,
  rev_retransmit_unk bigint unsigned !, fwd_retransmit_fc bigint unsigned !, rev_retransmit_fc bigint unsigned !,
  fwd_retransmit_unrto bigint unsigned !, rev_retransmit_unrto bigint unsigned !,
  fwd_retransmit_unfs bigint unsigned !, rev_retransmit_unfs bigint unsigned !,
  fwd_upstream_loss_segments bigint unsigned !, rev_upstream_loss_segments bigint unsigned !,
  fwd_out_of_order_segments bigint unsigned !, rev_out_of_order_segments bigint unsigned !,
  fwd_reordering_extent bigint unsigned !, rev_reordering_extent bigint unsigned !,
  fwd_n_reordering bigint unsigned !, rev_n_reordering bigint unsigned !, fwd_duplicate_acks bigint unsigned !,
  rev_duplicate_acks bigint unsigned !, fwd_keep_alives bigint unsigned !, rev_keep_alives bigint unsigned !,
  fwd_zero_window_probes bigint unsigned !, rev_zero_window_probes bigint unsigned !, fwd_syn bigint unsigned !,
  rev_syn bigint unsigned !, fwd_fin bigint unsigned !, rev_fin bigint unsigned !, fwd_rst bigint unsigned !,
  rev_rst bigint unsigned !, fwd_rtt_samples bigint unsigned !, rev_rtt_samples bigint unsigned !,
  fwd_rtt_min_ns bigint unsigned, rev_rtt_min_ns bigint unsigned, fwd_rtt_avg_ns bigint unsigned,
  rev_rtt_avg_ns bigint unsigned, fwd_rtt_max_ns bigint unsigned, rev_rtt_max_ns bigint unsigned,
  fwd_rtt_stddev_ns bigint unsigned, rev_rtt_stddev_ns bigint unsigned, fwd_window_min bigint unsigned,
  rev_window_min bigint unsigned, fwd_window_max bigint unsigned, rev_window_max bigint unsigned,
  fwd_window_scale tinyint unsigned, rev_window_scale tinyint unsigned, fwd_zero_windows bigint unsigned !,
  rev_zero_windows bigint unsigned !, fwd_in_flight_min bigint unsigned, rev_in_flight_min bigint unsigned,
  fwd_in_flight_max bigint unsigned, rev_in_flight_max bigint unsigned, fwd_in_flight_initial bigint unsigned,
  rev_in_flight_initial bigint unsigned, fwd_mss int unsigned, rev_mss int unsigned,
  fwd_largest_segment bigint unsigned, rev_largest_segment bigint unsigned, fwd_smallest_segment bigint unsigned,
  rev_smallest_segment bigint unsigned, fwd_sack_permitted tinyint unsigned, rev_sack_permitted tinyint unsigned,
  fwd_sack_blocks bigint unsigned !, rev_sack_blocks bigint unsigned !, fwd_dsack_blocks bigint unsigned !,
  rev_dsack_blocks bigint unsigned !, fwd_first_payload_ns bigint unsigned, rev_first_payload_ns bigint unsigned,
  fwd_last_payload datetime(6), rev_last_payload datetime(6), fwd_longest_idle_ns bigint unsigned !,
  rev_longest_idle_ns bigint unsigned !
  PRIMARY KEY (started, run_no, record_no)
  KEY flow_no (flow_no, started)
  RANGE to_days(`started`)

TABLE tcprtttable_1d
  flow_no bigint unsigned !, bucket_start datetime !, direction enum('fwd','rev') !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, direction, histogram_bucket)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE tcprtttable_1h
  flow_no bigint unsigned !, bucket_start datetime !, direction enum('fwd','rev') !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, direction, histogram_bucket)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE transtable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, protocol varchar(32) ascii_bin !,
  client varbinary(16) !, client_port smallint unsigned, server varbinary(16) !, server_port smallint unsigned,
  requested datetime(6) !, replied datetime(6), delay_ns bigint unsigned, last_copy_delay_ns bigint unsigned,
  identifier text !, outcome varchar(32) ascii_bin !, name text, operation text, object text, status text,
  version text, answers text, request_bytes bigint unsigned, reply_bytes bigint unsigned,
  first_body_ns bigint unsigned
  PRIMARY KEY (requested, run_no, record_no)
  KEY flow_no (flow_no, requested)
  RANGE to_days(`requested`)

TABLE twowaydelaytable_1d
  flow_no bigint unsigned !, bucket_start datetime !, protocol varchar(32) ascii_bin !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, protocol, histogram_bucket)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE twowaydelaytable_1h
  flow_no bigint unsigned !, bucket_start datetime !, protocol varchar(32) ascii_bin !,
  histogram_bucket smallint unsigned !, samples bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, protocol, histogram_bucket)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE twowaytable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, interval_start datetime !,
  interval_s int unsigned !, protocol varchar(32) ascii_bin !, requests bigint unsigned !, replied bigint unsigned !,
  unanswered bigint unsigned !, late bigint unsigned !, repeats bigint unsigned !,
  duplicate_replies bigint unsigned !, delay_sum_ns bigint unsigned !, delay_sum_squares decimal(38,0) !,
  delay_min_ns bigint unsigned, delay_max_ns bigint unsigned, last_copy_delay_sum_ns bigint unsigned !,
  slices mediumtext ascii_bin !, delay_histogram mediumtext ascii_bin !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE twowaytable_1d
  flow_no bigint unsigned !, bucket_start datetime !, protocol varchar(32) ascii_bin !, requests bigint unsigned !,
  replied bigint unsigned !, unanswered bigint unsigned !, late bigint unsigned !, repeats bigint unsigned !,
  duplicate_replies bigint unsigned !, delay_sum_ns bigint unsigned !, delay_sum_squares decimal(38,0) !,
  delay_min_ns bigint unsigned, delay_max_ns bigint unsigned, last_copy_delay_sum_ns bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, protocol)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE twowaytable_1h
  flow_no bigint unsigned !, bucket_start datetime !, protocol varchar(32) ascii_bin !, requests bigint unsigned !,
  replied bigint unsigned !, unanswered bigint unsigned !, late bigint unsigned !, repeats bigint unsigned !,
  duplicate_replies bigint unsigned !, delay_sum_ns bigint unsigned !, delay_sum_squares decimal(38,0) !,
  delay_min_ns bigint unsigned, delay_max_ns bigint unsigned, last_copy_delay_sum_ns bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no, protocol)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE twowaytable_1m
  flow_no bigint unsigned !, bucket_start datetime !, protocol varchar(32) ascii_bin !, requests bigint unsigned !,
  replied bigint unsigned !, unanswered bigint unsigned !, late bigint unsigned !, repeats bigint unsigned !,
  duplicate_replies bigint unsigned !, delay_sum_ns bigint unsigned !, delay_sum_squares decimal(38,0) !,
  delay_min_ns bigint unsigned, delay_max_ns bigint unsigned, last_copy_delay_sum_ns bigint unsigned !
  PRIMARY KEY (flow_no, bucket_start, protocol)
  RANGE to_days(`bucket_start`)

TABLE udpcttable
  flow_no bigint unsigned !, run_no int unsigned !, record_no bigint unsigned !, interval_start datetime !,
  interval_s int unsigned !, fwd_datagrams bigint unsigned !, rev_datagrams bigint unsigned !,
  fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !, fwd_checksumless bigint unsigned !,
  rev_checksumless bigint unsigned !
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
  RANGE to_days(`interval_start`)

TABLE udpcttable_1d
  flow_no bigint unsigned !, bucket_start datetime !, fwd_datagrams bigint unsigned !,
  rev_datagrams bigint unsigned !, fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_checksumless bigint unsigned !, rev_checksumless bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE udpcttable_1h
  flow_no bigint unsigned !, bucket_start datetime !, fwd_datagrams bigint unsigned !,
  rev_datagrams bigint unsigned !, fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_checksumless bigint unsigned !, rev_checksumless bigint unsigned !
  PRIMARY KEY (bucket_start, flow_no)
  KEY flow_no (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

TABLE udpcttable_1m
  flow_no bigint unsigned !, bucket_start datetime !, fwd_datagrams bigint unsigned !,
  rev_datagrams bigint unsigned !, fwd_payload_bytes bigint unsigned !, rev_payload_bytes bigint unsigned !,
  fwd_checksumless bigint unsigned !, rev_checksumless bigint unsigned !
  PRIMARY KEY (flow_no, bucket_start)
  RANGE to_days(`bucket_start`)

VIEW v_activity_1d
  bucket_start, probe, service, protocol_name, src_address, src_host_name, src_activity, src_location, src_country,
  dst_address, dst_host_name, dst_activity, dst_location, dst_country, fwd_packets, fwd_bytes, rev_packets,
  rev_bytes, connections_opened, connections_refused, fwd_retransmitted_segments, rev_retransmitted_segments,
  ftp_transfers_started, ftp_transfers_completed

VIEW v_activity_1h
  bucket_start, probe, service, protocol_name, src_address, src_host_name, src_activity, src_location, src_country,
  dst_address, dst_host_name, dst_activity, dst_location, dst_country, fwd_packets, fwd_bytes, rev_packets,
  rev_bytes, connections_opened, connections_refused, fwd_retransmitted_segments, rev_retransmitted_segments,
  ftp_transfers_started, ftp_transfers_completed

VIEW v_activity_netflow_1d
  bucket_start, exporter, service, protocol_name, src_address, src_host_name, src_activity, src_location,
  src_country, dst_address, dst_host_name, dst_activity, dst_location, dst_country, fwd_packets, fwd_bytes,
  rev_packets, rev_bytes

VIEW v_activity_netflow_1h
  bucket_start, exporter, service, protocol_name, src_address, src_host_name, src_activity, src_location,
  src_country, dst_address, dst_host_name, dst_activity, dst_location, dst_country, fwd_packets, fwd_bytes,
  rev_packets, rev_bytes

VIEW v_capture_quality_1d
  bucket_start, probe, interface, packets, ip_packets, matched, unmatched, undecodable, dropped, complete_percent,
  fwd_duplicate_percent, rev_duplicate_percent, covered_percent

VIEW v_capture_quality_1h
  bucket_start, probe, interface, packets, ip_packets, matched, unmatched, undecodable, dropped, complete_percent,
  fwd_duplicate_percent, rev_duplicate_percent, covered_percent

VIEW v_event
  at, probe, origin, severity, code, text, parameters

VIEW v_flow
  flow_no, probe, class, account, ip_version, protocol, fwd_address, fwd_prefix_length, fwd_port, rev_address,
  rev_prefix_length, rev_port, service, tos, vlan, interface, tap_group

VIEW v_ftpct_1d
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  sessions_opened, logins_accepted, logins_refused, transfers_started, transfers_completed, transfers_failed,
  transfers_aborted, completed_percent, fwd_bytes, rev_bytes

VIEW v_ftpct_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  sessions_opened, logins_accepted, logins_refused, transfers_started, transfers_completed, transfers_failed,
  transfers_aborted, completed_percent, fwd_bytes, rev_bytes

VIEW v_ftptf
  commanded, probe, class, client, client_port, server, server_port, session_id, user, command, path, mode,
  data_address, data_port, outcome, reply_code, bytes, restart_offset, throughput_mbit_per_s, connected_ms,
  first_payload_ms, last_payload_ms, replied_ms

VIEW v_icmpct_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service, icmp_type,
  icmp_code, fwd_packets, rev_packets, fwd_bytes, rev_bytes

VIEW v_identity
  address, kind, value, source, valid_from, valid_to, probe, address_bytes

VIEW v_ipInfo
  address, kind, host_name, activity, location, country, city, asn, as_name, sources, discovered_at, resolved_at

VIEW v_ipct_1d
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service, fwd_packets,
  rev_packets, fwd_bytes, rev_bytes, first, last

VIEW v_ipct_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service, fwd_packets,
  rev_packets, fwd_bytes, rev_bytes, first, last

VIEW v_ipct_1m
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service, fwd_packets,
  rev_packets, fwd_bytes, rev_bytes, first, last

VIEW v_ipsz_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service, from_bytes,
  below_bytes, fwd_packets, rev_packets

VIEW v_netflow
  first, last, formatter, exporter, protocol, src_address, src_port, dst_address, dst_port, packets, bytes,
  sampling_rate, tos, tcp_flags, input_interface, output_interface, src_as, dst_as

VIEW v_netflow_1d
  bucket_start, formatter, exporter, protocol, src_address, src_port, dst_address, dst_port, packets, bytes

VIEW v_netflow_1h
  bucket_start, formatter, exporter, protocol, src_address, src_port, dst_address, dst_port, packets, bytes

VIEW v_one_way_1d
  bucket_start, class, from_hop, to_hop, from_probe, to_probe, matched_packets, lost_packets, missed_packets,
  unknown_packets, dropped_packets, duplicate_packets, matched_bytes, lost_bytes, lost_percent, latency_mean_ms,
  latency_min_ms, latency_max_ms, negative_packets

VIEW v_one_way_1h
  bucket_start, class, from_hop, to_hop, from_probe, to_probe, matched_packets, lost_packets, missed_packets,
  unknown_packets, dropped_packets, duplicate_packets, matched_bytes, lost_bytes, lost_percent, latency_mean_ms,
  latency_min_ms, latency_max_ms, negative_packets

VIEW v_one_way_1m
  bucket_start, class, from_hop, to_hop, from_probe, to_probe, matched_packets, lost_packets, missed_packets,
  unknown_packets, dropped_packets, duplicate_packets, matched_bytes, lost_bytes, lost_percent, latency_mean_ms,
  latency_min_ms, latency_max_ms, negative_packets

VIEW v_owlat
  seen, class, signature, from_hop, to_hop, from_probe, to_probe, latency_ms, bytes

VIEW v_service_rtt_1d
  bucket_start, probe, service, direction, samples, median_ms, p95_ms

VIEW v_tcpct_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  connections_opened, connections_established, connections_refused, connections_reset, fwd_payload_bytes,
  rev_payload_bytes, fwd_retransmitted_percent, rev_retransmitted_percent, fwd_rtt_mean_ms, rev_rtt_mean_ms

VIEW v_tcpcx
  started, ended, probe, class, fwd_address, fwd_port, rev_address, rev_port, service, outcome, tail, fwd_packets,
  rev_packets, fwd_bytes, rev_bytes, fwd_payload_bytes, rev_payload_bytes, fwd_retransmitted_segments,
  rev_retransmitted_segments, handshake_ms, fwd_rtt_mean_ms, rev_rtt_mean_ms

VIEW v_trans
  requested, replied, probe, class, protocol, client, client_port, server, server_port, outcome, delay_ms,
  last_copy_delay_ms, first_body_ms, name, operation, object, status, version, answers, request_bytes, reply_bytes,
  identifier

VIEW v_twoway_1d
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  request_protocol, requests, replied, unanswered, late, repeats, duplicate_replies, unanswered_percent,
  delay_mean_ms, delay_min_ms, delay_max_ms, delay_deviation_ms

VIEW v_twoway_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  request_protocol, requests, replied, unanswered, late, repeats, duplicate_replies, unanswered_percent,
  delay_mean_ms, delay_min_ms, delay_max_ms, delay_deviation_ms

VIEW v_twoway_1m
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  request_protocol, requests, replied, unanswered, late, repeats, duplicate_replies, unanswered_percent,
  delay_mean_ms, delay_min_ms, delay_max_ms, delay_deviation_ms

VIEW v_twoway_delay_1d
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  request_protocol, samples, median_ms, p95_ms

VIEW v_twoway_delay_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  request_protocol, samples, median_ms, p95_ms

VIEW v_udpct_1h
  bucket_start, flow_no, probe, class, protocol, fwd_address, fwd_port, rev_address, rev_port, service,
  fwd_datagrams, rev_datagrams, fwd_payload_bytes, rev_payload_bytes, fwd_checksumless, rev_checksumless

FUNCTION histogram_lower_ns
  IN in_bucket smallint unsigned
  INVOKER

FUNCTION holds_sums
  IN _sums mediumtext, IN _parts mediumtext
  INVOKER

FUNCTION protocol_name
  IN in_protocol smallint unsigned
  INVOKER

PROCEDURE activity_partitions
  IN _dbName varchar(64), IN _days mediumtext
  INVOKER

PROCEDURE activity_round_trips
  IN _dbName varchar(64), IN _day date, IN _span varchar(128), IN _turned varchar(128), IN _isLate tinyint
  INVOKER

PROCEDURE activity_tables
  IN _dbName varchar(64)
  INVOKER

PROCEDURE activity_tcp
  IN _dbName varchar(64), IN _span varchar(128), IN _turned varchar(128)
  INVOKER

PROCEDURE activity_transfers
  IN _dbName varchar(64), IN _day date
  INVOKER

PROCEDURE activity_volumes
  IN _dbName varchar(64), IN _span varchar(128), IN _turned varchar(128)
  INVOKER

PROCEDURE add_edges
  IN _dbName varchar(64), IN _ranges mediumtext
  INVOKER

PROCEDURE aggregate_day
  IN _dbName varchar(64), IN _day date, OUT _isKept tinyint
  INVOKER

PROCEDURE aggregate_netflow_day
  IN _dbName varchar(64), IN _day date, OUT _isKept tinyint
  INVOKER

PROCEDURE aggregate_stale_days
  IN _dbName varchar(64), IN include_today tinyint
  INVOKER

PROCEDURE Aggr_activityvolumetable_first_level
  IN _dbName varchar(64), IN _rangeStart date, IN _rangeEnd date
  INVOKER

PROCEDURE Aggr_activityvolumetable_netflow_first_level
  IN _dbName varchar(64), IN _rangeStart date, IN _rangeEnd date
  INVOKER

PROCEDURE apply_retention
  IN _dbName varchar(64), IN dry_run tinyint
  INVOKER

PROCEDURE attribute_ftp
  IN _dbName varchar(64), IN _rangeStart date, IN _rangeEnd date, IN _andLate tinyint
  INVOKER

PROCEDURE check_instance
  IN _dbName varchar(64)
  INVOKER

PROCEDURE create_instance
  IN _dbName varchar(64)
  INVOKER

PROCEDURE day_range
  INOUT _rangeStart date, INOUT _rangeEnd date, OUT _isCut tinyint
  INVOKER

PROCEDURE drop_days_before
  IN _dbName varchar(64), IN _tableName varchar(64), IN _limitDays int, OUT _removed mediumtext
  INVOKER

PROCEDURE Drop_working_tables
  
  INVOKER

PROCEDURE flow_keys
  IN _dbName varchar(64)
  INVOKER

PROCEDURE forget_flows
  IN _dbName varchar(64), IN _keep_days int, IN dry_run tinyint
  INVOKER

PROCEDURE hold_loaders
  IN _dbName varchar(64)
  INVOKER

PROCEDURE hours_of_day
  IN _dbName varchar(64), IN _day date, IN _counter varchar(64), OUT _hold varchar(8)
  INVOKER

PROCEDURE is_summed
  IN _dbName varchar(64), IN _tableName varchar(64), IN _partition varchar(64), IN _lowerDays int, IN _upperDays int,
  OUT _isSummed tinyint
  INVOKER

PROCEDURE keeps_day
  IN _dbName varchar(64), IN _source varchar(16), IN _day date, IN _tables varchar(255), OUT _isKept tinyint
  INVOKER

PROCEDURE keep_figures
  IN _dbName varchar(64), IN _prepared varchar(64), IN _day date, IN _columns varchar(255)
  INVOKER

PROCEDURE mark_removed
  IN _dbName varchar(64), IN _tableName varchar(64), IN _partitions mediumtext, IN _limitDays int
  INVOKER

PROCEDURE newest_day
  IN _dbName varchar(64), IN _tableName varchar(64), OUT _day int
  INVOKER

PROCEDURE partition_add
  IN _dbName varchar(64), IN _tableName varchar(64), IN _days mediumtext
  INVOKER

PROCEDURE Partition_drop
  IN SCHEMANAME varchar(64), IN TABLENAME varchar(64), IN NB_DAYS int
  INVOKER

PROCEDURE rebuild_ipct_rollup
  IN _dbName varchar(64), IN _rollup varchar(64), IN _bucket_s int
  INVOKER

PROCEDURE release_loaders
  IN _dbName varchar(64)
  INVOKER

PROCEDURE removed_edges
  IN _dbName varchar(64), IN _tableName varchar(64), IN _from mediumtext
  INVOKER

PROCEDURE run_in
  IN _dbName varchar(64), IN _statement mediumtext
  INVOKER

PROCEDURE store_activity
  IN _dbName varchar(64), IN _day date
  INVOKER

PROCEDURE Update_ftp_data_in_ipcttable
  IN _dbName varchar(64), IN _rangeStart date, IN _rangeEnd date
  INVOKER

PROCEDURE warn_of_range
  IN _isCut tinyint, IN _keptDays int
  INVOKER
