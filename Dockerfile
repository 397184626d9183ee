# The hub as an image: built with every tool, run with none of them, as a user that owns nothing. It brings no PostgreSQL:
# DATABASE_URL, ENTENTE_SECRET_KEY and ENTENTE_URL are to be set (docs/reference/configuration.md).

FROM node:24-slim AS build
WORKDIR /entente
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --include=optional
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/build.mjs
COPY src src
RUN node scripts/build.mjs

FROM node:24-slim AS packages
WORKDIR /entente
COPY package.json package-lock.json .npmrc ./
# Node.js comes with the image and PostgreSQL from outside: no optional package, no install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /entente
COPY --from=packages /entente/node_modules node_modules
COPY --from=build /entente/dist dist
COPY package.json package-lock.json LICENSE ./
COPY scripts/entente.mjs scripts/prepare.mjs scripts/build.mjs scripts/
COPY migrations migrations
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "scripts/entente.mjs"]
CMD ["serve"]
