# Runs as nobody, writes below /data alone, and needs no network:
#   docker run --rm --read-only --network none --cap-drop ALL --tmpfs /tmp -e MASKER_KEY -v "$PWD:/data" masker --help
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY masker masker
COPY profiles profiles
RUN python -m venv /opt/masker \
    && /opt/masker/bin/pip install --no-cache-dir ".[avro,excel,mysql,postgres]"

FROM python:3.12-slim
COPY --from=build /opt/masker /opt/masker
ENV PATH=/opt/masker/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MASKER_CONFIG_DIR=/data/.masker \
    MASKER_LEDGER=/data/.masker/ledger.db
USER 65534:65534
WORKDIR /data
ENTRYPOINT ["masker"]
CMD ["--help"]
