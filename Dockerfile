# The emulator in a container: `docker build -t atthene-emulator .`
#
# Nothing is built or installed when it runs. It is reachable from outside the container, so it starts only with a control
# token: `docker run --rm -p 127.0.0.1:8484:8484 -e ATTHENE_EMULATOR_CONTROL_TOKEN=choose-one atthene-emulator`.
# Seeds of your own are mounted at /seeds (`-v ./seeds:/seeds:ro`) and named by ATTHENE_EMULATOR_SEED=mine.yaml.

FROM python:3.13.15-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS base

FROM base AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY emulator emulator
COPY schemas schemas
COPY fixtures fixtures
RUN python -m venv --without-pip /opt/emulator \
    && pip --python /opt/emulator/bin/python install --no-cache-dir --disable-pip-version-check \
        --constraint constraints.txt ".[redis]"

FROM base
LABEL org.opencontainers.image.title="atthene-emulator" \
      org.opencontainers.image.description="A local emulator of the Atthene Sessions API: agents, sessions and executions without the real service." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/emulator /opt/emulator
ENV PATH=/opt/emulator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ATTHENE_EMULATOR_HOST=0.0.0.0 \
    ATTHENE_EMULATOR_PORT=8484 \
    ATTHENE_EMULATOR_ALLOW_REMOTE=1
WORKDIR /seeds
USER 10001:10001
EXPOSE 8484
HEALTHCHECK --interval=5s --timeout=5s --start-period=5s --retries=3 \
    CMD ["python", "-c", "import os; from urllib.request import ProxyHandler, build_opener; url = f\"http://localhost:{os.environ['ATTHENE_EMULATOR_PORT']}/__emulator/ready\"; build_opener(ProxyHandler({})).open(url, timeout=4)"]
ENTRYPOINT ["atthene-emulator"]
CMD ["serve"]
