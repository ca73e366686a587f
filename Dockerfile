# Penchant in a container.
#
#   docker build -t penchant .
#   docker run --rm -v penchant:/data penchant keys create first --scopes admin
#   docker run -d --name penchant -p 4600:4600 -v penchant:/data penchant
#
# A container is reached from outside, so the server listens on all addresses, and for that it demands a key: without one
# it says so and ends. Everything that it keeps is in the volume /data; back it up while it runs with
#
#   docker exec penchant node /app/packages/engine/bin/penchant.js backup /data/monday.penchant
#
# Settings go to /penchant.config.json (-v ./penchant.config.json:/penchant.config.json:ro).

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/dashboard/package.json packages/dashboard/
COPY packages/engine/package.json packages/engine/
COPY packages/protocol/package.json packages/protocol/
# Nothing that runs here has a script of its own to install it, and the page is built below. ONNX Runtime brings its libraries
# for every system; those for others are 190 MB.
RUN npm ci --workspace penchant --omit=dev --ignore-scripts \
    && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 ! -path "*/linux/$(node -p process.arch)" -exec rm -r {} +

FROM dependencies AS page
RUN npm ci --ignore-scripts
COPY tsconfig.json /app/
COPY packages/dashboard/build.ts packages/dashboard/index.html packages/dashboard/tsconfig.json packages/dashboard/vite.config.ts /app/packages/dashboard/
COPY packages/dashboard/src /app/packages/dashboard/src
COPY packages/protocol/src /app/packages/protocol/src
RUN node packages/dashboard/build.ts

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Penchant" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY --from=dependencies /app /app
COPY LICENSE NOTICE /app/
# Node runs the TypeScript as it is.
COPY packages/engine/bin /app/packages/engine/bin
COPY packages/engine/src /app/packages/engine/src
COPY packages/protocol/src /app/packages/protocol/src
COPY --from=page /app/packages/dashboard/dist /app/packages/dashboard/dist
RUN mkdir /data && chown node:node /data
USER node
# Commands keep their data in ./data unless they are told otherwise: here that is the volume.
WORKDIR /
VOLUME /data
EXPOSE 4600
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4600/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/packages/engine/bin/penchant.js"]
# Docker kills what has not ended ten seconds after it was told to stop.
CMD ["serve", "--host", "0.0.0.0", "--grace", "5"]
