# A database and a file tree for the tests of this room.
FROM debian:trixie-slim
ENV DEBIAN_FRONTEND=noninteractive
RUN mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql-17 attr \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt \
 && install -d -o postgres -g postgres /data
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data
USER postgres
RUN initdb --username=postgres --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8 --auth=trust
CMD ["postgres", "-c", "listen_addresses=", "-c", "fsync=off"]
