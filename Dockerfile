# Builds the images of the three services. Each service has a target:
#
#   docker build --target chat-gateway -t tally/chat-gateway .
#
# The images share the build and all layers but the last ones.

FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY . .
# No test runs here. .dockerignore leaves out most of the tests' sources.
RUN --mount=type=cache,target=/root/.m2,sharing=locked \
    ./mvnw -B -ntp -DskipTests -pl chat-gateway,chat-worker,chat-api -am package
# Dependencies seldom change, so they get their own layers.
RUN set -e; for service in chat-gateway chat-worker chat-api; do \
      mkdir -p "/layers/$service"; \
      cp "$service"/target/"$service"-*-exec.jar /tmp/service.jar; \
      (cd /tmp && java -Djarmode=tools -jar service.jar extract --layers --destination "/layers/$service"); \
    done


FROM eclipse-temurin:25-jre AS service
WORKDIR /app
COPY --chmod=555 docker/healthcheck docker/train /usr/local/bin/
# The image has no user 10001. Its files belong to root, so the service cannot change them.
USER 10001:10001
# The rest of the container's memory is for classes, threads and buffers. The initial heap is large enough to avoid
# constant collections. A service that runs out of memory ends, and the container starts again.
ENTRYPOINT ["java", \
  "-XX:InitialRAMPercentage=12", \
  "-XX:MaxRAMPercentage=60", \
  "-XX:+ExitOnOutOfMemoryError", \
  "-XX:-UsePerfData", \
  "-XX:AOTCache=service.aot", \
  "-jar", "service.jar"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=90s --retries=6 CMD ["healthcheck"]


FROM service AS chat-gateway
COPY --from=build /layers/chat-gateway/dependencies/ ./
COPY --from=build /layers/chat-gateway/snapshot-dependencies/ ./
COPY --from=build /layers/chat-gateway/application/ ./
USER 0:0
RUN ["train"]
USER 10001:10001
ENV TALLY_GATEWAY_PORT=8000 HEALTH_PORT_VARIABLE=TALLY_GATEWAY_PORT
EXPOSE 8000


FROM service AS chat-worker
COPY --from=build /layers/chat-worker/dependencies/ ./
COPY --from=build /layers/chat-worker/snapshot-dependencies/ ./
COPY --from=build /layers/chat-worker/application/ ./
USER 0:0
RUN ["train"]
USER 10001:10001
ENV TALLY_WORKER_PORT=8081 HEALTH_PORT_VARIABLE=TALLY_WORKER_PORT
EXPOSE 8081


FROM service AS chat-api
COPY --from=build /layers/chat-api/dependencies/ ./
COPY --from=build /layers/chat-api/snapshot-dependencies/ ./
COPY --from=build /layers/chat-api/application/ ./
USER 0:0
RUN ["train"]
USER 10001:10001
ENV TALLY_API_PORT=3000 HEALTH_PORT_VARIABLE=TALLY_API_PORT
EXPOSE 3000
