# `make` alone lists what can be done. Every target does its own set-up first,
# so a fresh Debian 12 or 13 with Go and make is enough for each of them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo demo-clean test race build lint lint-selftest budgets vuln bench models screens soak soak-feed fuzz fmt clean

# Build tags: sqlite_fts5 gives SQLite its full-text index. SOHOA_TAGS adds more,
# for example SOHOA_TAGS=corpus for the tests on the collection of real scans.
comma := ,
TAGS := sqlite_fts5$(addprefix $(comma),$(SOHOA_TAGS))
export TAGS

# The engine's threads wait for each other by spinning: with one each, tests and
# benchmarks take a third of the processor time, as page-workers do.
export OMP_THREAD_LIMIT := 1

# ./... leaves out folders named testdata, and the generator lives in one.
PACKAGES := ./... $(if $(wildcard testdata/generate),./testdata/generate/...)

# Real servers for the tests: of objects, of identities, of certificates.
TEST_TOOLS := verapdf versitygw oidc-provider pebble

# `make test` has vetted all packages before it tests them.
# Tests of the whole program mostly wait for its processes, so that three at a time
# keep two cores busy.
GOTEST := go test -vet off -tags '$(TAGS)' -timeout 40m -shuffle on -parallel 3 -json

# with_tools runs a command with the places of the test tools in its environment.
with_tools = set -a; source .tools/env; set +a;

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: build ## install what is missing, build, serve ./demo while made-up scans arrive; Ctrl-C stops
	@scripts/run

demo: build ## the same on the command line: made-up scans become a searchable archive in ./demo, and done
	@scripts/demo

demo-clean: ## remove the demonstration archive, so that `make run` starts afresh
	rm -rf demo

build: ## build bin/sohoa
	@scripts/setup run
	@[ -e bin/sohoa ] || echo "The first build compiles SQLite and takes two or three minutes."
	go build -tags '$(TAGS)' -o bin/sohoa ./cmd/sohoa

test: ## install what the tests need, run all of them, end with a count
	@scripts/setup run test
	@scripts/tools $(TEST_TOOLS)
	go vet -tags '$(TAGS)' $(PACKAGES)
	@echo "go test -tags '$(TAGS)' $(PACKAGES)"
	@$(with_tools) $(GOTEST) $(PACKAGES) | go run ./scripts/testsummary -noskip

# -short: tests that try every byte, title or screen try some, since all were tried without the detector.
race: ## run the tests of the packages with several goroutines, without C image libraries, under the race detector
	@scripts/setup run test
	@scripts/tools $(TEST_TOOLS)
	@echo "Left out, because they link the C image libraries:"; scripts/race-packages --not $(PACKAGES) | sed 's/^/  /'
	@echo "Left out, because their own files start nothing that runs at the same time:"; scripts/race-packages --single $(PACKAGES) | sed 's/^/  /'
	@$(with_tools) $(GOTEST) -race -short $$(scripts/race-packages $(PACKAGES)) | go run ./scripts/testsummary -noskip

lint: ## check style, layers and scripts
	@scripts/setup run lint
	@scripts/tools golangci-lint
	.tools/golangci-lint run --allow-parallel-runners $(PACKAGES)
	@scripts/check-dependencies $(PACKAGES)
	@scripts/check-named-tests
	shellcheck .ci/run $$(git ls-files scripts | xargs grep -lE '^#!/usr/bin/env bash')

lint-selftest: ## prove that the linter refuses a breach of the layers
	@scripts/tools golangci-lint
	@scripts/lint-selftest

budgets: ## report the sizes of functions and files against our budgets
	@go run ./scripts/budgets

vuln: ## look for known vulnerabilities, where their database can be reached
	@scripts/setup run
	@scripts/vulncheck

bench: ## run the benchmarks, beside libtesseract and OCRmyPDF, and write them into docs/BENCHMARKS.md
	@scripts/setup run test
	@scripts/tools ocrmypdf best-model
	@$(with_tools) scripts/bench

models: ## fetch the slower and more exact model for Vietnamese into .tools/best
	@scripts/tools best-model

screens: ## open the web pages in a real browser and write pictures of them to docs/screens
	@scripts/setup run test
	SOHOA_SCREENS=$(CURDIR)/docs/screens go test -tags '$(TAGS)' -count 1 -run 'Screens' ./cmd/sohoa

SOAK ?= 20
soak: soak-feed ## soak-feed, and all tests SOAK=20 times in random order, with the long ones of the tag soak
	@scripts/setup run test
	@scripts/tools $(TEST_TOOLS)
	@$(with_tools) go test -tags '$(TAGS),soak' -timeout 12h -shuffle on -parallel 3 -json -count $(SOAK) $(PACKAGES) | go run ./scripts/testsummary

FEED ?= 20m
soak-feed: build ## feed serve for FEED=20m at twice the speed it can read, ask its pages all the time, print how it went
	go build -tags '$(TAGS)' -o bin/generate ./testdata/generate
	go run ./scripts/soak -sohoa bin/sohoa -generate bin/generate -for $(FEED)

FUZZ ?= 30s
fuzz: ## run every fuzz test for FUZZ=30s
	@scripts/setup run
	@scripts/fuzz $(FUZZ)

fmt: ## format the Go files
	@scripts/tools golangci-lint
	.tools/golangci-lint fmt $(PACKAGES)

clean: ## remove what was built and the downloaded tools, but no archive
	rm -rf bin .tools
