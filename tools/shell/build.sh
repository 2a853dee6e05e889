# How the project's commands build. Needs progress.sh.
#
#   build PRESET TARGET        configures build/PRESET and builds a target there; waits while another command builds there, for two
#                              builds of one folder take each other's files away

build() {
  local preset="$1" target="$2" lock
  exec {lock}>"$ROOT/build/$preset.lock"
  if ! flock --nonblock "$lock"; then
    say "… another command builds in build/$preset: waiting for it to end"
    flock "$lock"
  fi
  STEP_ADVICE="remove build/$preset if it was configured by another CMake; if a package is missing, add it to tools/setup.d/packages"
  step "configure $preset" cmake --preset "$preset"
  step "build $target" nice cmake --build "build/$preset" --target "$target"
  exec {lock}>&-
}
