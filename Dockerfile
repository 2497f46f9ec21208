# trafMon in a container: a probe, a collector, or the jobs. Everything comes from Debian's packages and this tree.
#
#   docker build -t trafmon .
#   docker run --network host --cap-add NET_RAW -v trafmon-etc:/etc/trafMon -v trafmon-var:/var/trafMon trafmon /opt/trafMon/libexec/tmon_capture probe1
#   docker run --network host -v trafmon-etc:/etc/trafMon -v trafmon-var:/var/trafMon trafmon tmon_collector TMonServer
#   docker run --network host -v trafmon-etc:/etc/trafMon -v trafmon-var:/var/trafMon -v /run/mysqld:/run/mysqld trafmon
#
# The last runs the cron table with trafMon_scheduler. Debian 13 is the first with a Node that is new enough.
FROM debian:trixie-slim AS package
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm gcc libc6-dev libpcap-dev dpkg-dev git ca-certificates
WORKDIR /src
COPY . .
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --ignore-scripts && npm run package

FROM debian:trixie-slim
COPY --from=package /src/var/package/trafmon_*.deb /tmp/
RUN apt-get update \
 && apt-get install -y --no-install-recommends /tmp/trafmon_*.deb mariadb-client logrotate \
 && rm -rf /var/lib/apt/lists/* /tmp/trafmon_*.deb /etc/trafMon/cred/*.key
# No key comes with the image, for it would be everybody's: make one in the volume, with trafMon_makeKey as root.
USER trafmon
VOLUME ["/etc/trafMon", "/var/trafMon", "/var/log/trafMon"]
CMD ["trafMon_scheduler"]
