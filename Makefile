# Everything a person types here. `make help` lists it. Each target does all the set-up that it needs.
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo test check long bench soak gallery lock format clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## Debian packages, .venv, message catalogues, the virtual reader (nothing where nothing changed)
	@sh packaging/setup.sh

demo: setup ## see it: server, terminal, virtual reader and printer (VIEW=vnc for a remote screen)
	@$(PY) -m tools.demo $(if $(VIEW),--view $(VIEW))

test: setup ## all tests, layer by layer, with the time of each
	@$(PY) -m tools.layers

check: setup ## lint, format, types, import contracts, licences, repository hygiene
	@$(PY) -m tools.check

long: setup ## the tests again with other seeds, and what takes longer
	@$(PY) -m tools.long

bench: setup ## the figures, each beside its floor; writes build/bench.json (PART=terminal, sync or central)
	@$(PY) -m tools.bench --part "$(or $(PART),all)"

soak: setup ## longer runs: make soak PART=visits MINUTES=10 (or PART=monkey, mutation)
	@$(PY) -m tools.soak --part "$(or $(PART),visits)" --minutes "$(or $(MINUTES),10)"

gallery: setup ## every screen and ticket as a picture under build/gallery
	@$(PY) -m tools.gallery

format: setup ## let the formatter have its way
	@$(PY) -m ruff check --fix -q . ; $(PY) -m ruff format -q .

lock: ## write the locks anew from requirements/*.in (needs uv)
	@for name in build dev; do uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -q -o requirements/$$name.lock requirements/$$name.in; done

clean: ## remove everything that was made (not the data of a demo elsewhere)
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
