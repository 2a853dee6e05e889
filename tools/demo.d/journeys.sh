# What the demo shows once the suite serves: real journeys, each named as it happens, then how to go on. Sourced by tools/demo.

# show_journeys ADDRESS: where the suite listens. $TOUCHSTONE is the built command.
show_journeys() {
  local address="$1"
  say "The suite serves at $address."
  "$TOUCHSTONE" status --address "$address"
}
