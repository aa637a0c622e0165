# A server with the official plugins packed in. Data is under /data.
#   docker build -t pinion . && docker run -p 8080:8080 -v pinion-data:/data pinion
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production PINION_DATA_DIR=/data PINION_SERVER_HOST=0.0.0.0
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "tools/bin/pinion.js", "server", "standalone"]
