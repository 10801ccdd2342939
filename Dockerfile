# syntax=docker/dockerfile:1.7
# One image for every role; ATENDE_ROLE says which: api, worker, migrate, or all.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY migrations migrations
COPY src src
RUN node scripts/build.mjs

# The optional packages are the embedded PostgreSQL, which a container does not start.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
# Temporal's native library looks for the certificate authorities of the system.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production \
  TZ=UTC \
  HOST=0.0.0.0 \
  PORT=3000 \
  ATENDE_METRICS_PORT=9464 \
  ATENDE_FILES=/var/lib/atende/files
# A volume that is mounted here takes over whose the folder is.
RUN mkdir --parents --mode=0700 /var/lib/atende/files && chown node:node /var/lib/atende/files
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY scripts scripts
COPY definitions definitions
COPY package.json LICENSE ./
USER node
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "scripts/healthy.mjs"]
CMD ["node", "scripts/start.mjs"]
