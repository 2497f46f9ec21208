# nginx: files, PUT below /put/, HTTP and HTTPS.

http_packages="nginx openssl"
http_program=nginx

http_configure() {
  local address name="" listen=""
  make_files "$folder/web"
  mkdir -p "$folder/web/put"
  if [ ! -e "$folder/configuration/certificate.pem" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=www.$dns_zone" \
      -keyout "$folder/configuration/certificate.key" -out "$folder/configuration/certificate.pem" 2>/dev/null ||
      die 70 "cannot make a certificate for HTTPS with openssl" "Is there room in $folder?"
  fi
  for address in ${http_addresses:-"*" "[::]"}; do
    name=$address
    if is_ipv6 "$address" && [ "$address" != "[::]" ]; then name="[$address]"; fi
    listen="$listen listen $name:$http_port; listen $name:$https_port ssl;"
  done
  render nginx.conf nginx.conf LISTEN "$listen"
}

http_start() { launch nginx nginx -e stderr -c "$folder/configuration/nginx.conf"; }

http_ports() { echo "tcp:$http_port" "tcp:$https_port"; }
