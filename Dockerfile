# syntax=docker/dockerfile:1
# An image of sohoa: serve by default, any other command by its name. The
# packages come from the same list that `make run` uses. docs/OPERATIONS.md says
# how to use it and what about it has been tried.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY scripts/setup scripts/packages-run.txt scripts/
RUN apt-get update \
 && apt-get install -y --no-install-recommends $(scripts/setup --list build run) \
 && rm -rf /var/lib/apt/lists/*
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -tags sqlite_fts5 -o /out/sohoa ./cmd/sohoa

FROM debian:bookworm-slim
COPY scripts/setup scripts/packages-run.txt /tmp/packages/
RUN apt-get update \
 && apt-get install -y --no-install-recommends $(/tmp/packages/setup --list run run) \
 && rm -rf /var/lib/apt/lists/* /tmp/packages \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin sohoa \
 && install -d -o sohoa -g sohoa -m 0750 /data
COPY --from=build /out/sohoa /usr/local/bin/sohoa
USER sohoa
WORKDIR /data
VOLUME /data
# Recognition runs in one process for each core; more threads only get in each
# other's way.
ENV OMP_THREAD_LIMIT=1
HEALTHCHECK --interval=1m --timeout=20s --start-period=1m CMD ["sohoa", "doctor", "--serving", "--data", "/data"]
ENTRYPOINT ["sohoa"]
CMD ["serve", "--data", "/data"]
