# One build for the three services; compose and CI choose one with --build-arg SERVICE=chat-api and so on.
ARG JDK=eclipse-temurin:25-jdk
ARG JRE=eclipse-temurin:25-jre

FROM ${JDK} AS build
WORKDIR /src
# what decides the dependencies comes first, so that a change of the code leaves their layer alone
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY common/pom.xml common/
COPY embedded-stack/pom.xml embedded-stack/
COPY chat-gateway/pom.xml chat-gateway/
COPY chat-worker/pom.xml chat-worker/
COPY chat-api/pom.xml chat-api/
COPY chat-local/pom.xml chat-local/
COPY bench/pom.xml bench/
COPY common/src common/src
COPY chat-gateway/src/main chat-gateway/src/main
COPY chat-worker/src/main chat-worker/src/main
COPY chat-api/src/main chat-api/src/main
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -q package -Dmaven.test.skip=true \
      -pl common,chat-gateway,chat-worker,chat-api

FROM build AS layers
ARG SERVICE
RUN java -Djarmode=tools -jar ${SERVICE}/target/${SERVICE}-*-exec.jar extract --layers --destination /layers \
    && mv /layers/application/*-exec.jar /layers/application/service.jar

FROM ${JRE}
# no name to look up: any system accepts it, and Kubernetes can check that it is not root
USER 10001:10001
WORKDIR /app
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError"
ENTRYPOINT ["java", "-jar", "service.jar"]
