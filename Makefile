# make demo and make test are all that a newcomer needs; both fetch what they
# need by Go's own means.

GO ?= go

# The race detector needs a C compiler.
RACE := $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)

.PHONY: all build demo test lint fuzz bench clean

all: build

build:
	$(GO) build -o bin/tcimport ./cmd/tcimport

# demo runs the main job on the samples against a simulated instance.
demo: build
	@sh samples/demo.sh bin/tcimport

# test runs every test, and what else must hold of the code.
# TESTFLAGS=-v shows each of them.
test: lint
	$(GO) test $(RACE) $(TESTFLAGS) ./...
ifneq ($(RACE),)
	$(GO) test $(TESTFLAGS) -run '^TestLarge' ./...
endif

lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# fuzz gives each fuzz target a while: FUZZTIME=1m make fuzz
FUZZTIME ?= 20s
fuzz:
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$pkg || exit 1; \
	  done; \
	done

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin
