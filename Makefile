# Thin names for the scripts in scripts/: each target is one of them, and each can be called without make.
.DEFAULT_GOAL := help
.PHONY: help run test check setup test-models test-media google-types bindings gemini-server package bench-start bench-senses bench-voice bench-gemini bench-media clean

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and open the window
	@scripts/run.sh

test: ## Everything that proves Castor works, without a display
	@scripts/test.sh

check: ## Formatting, lints, licences and unused dependencies only
	@scripts/test.sh check

setup: ## Install the system packages and the UI's packages for development
	@scripts/system-packages.sh build test
	@scripts/ui.sh packages

test-models: ## Fetch the small local model and the recognisers of pictures and speech the tests use
	@scripts/fetch-test-models.sh

test-media: ## Fetch the pictures and recordings the tests use
	@scripts/fetch-test-media.sh

google-types: ## Install the types of Google's SDK the tests check requests with
	@scripts/fetch-google-types.sh

bindings: ## Write the TypeScript side of the bridge after a change of commands or types
	CASTOR_WRITE_BINDINGS=1 cargo nextest run --workspace -E 'test(committed_bindings)'

gemini-server: ## Run the Gemini test server by hand, to try Castor without a key
	@scripts/gemini-server.sh

package: ## Build the package for this system (a .deb on Debian and Ubuntu)
	@scripts/package.sh

bench-start: ## Measure start time and idle memory against a bare window and Chromium
	@scripts/bench-start.sh

bench-senses: ## Measure reading and naming pictures against RapidOCR and ONNX Runtime
	@scripts/bench-senses.sh

bench-voice: ## Measure writing down speech against faster-whisper and whisper.cpp
	@scripts/bench-voice.sh

bench-gemini: ## Measure the way from the first byte to the screen, and an upload of 100 MB, against curl
	@scripts/bench-gemini.sh

bench-media: ## Measure the camera, clips, a large photo and a long video against FFmpeg, libvips and ImageMagick
	@scripts/bench-media.sh

clean: ## Remove everything that was built
	rm -rf target gen ui/node_modules ui/dist
