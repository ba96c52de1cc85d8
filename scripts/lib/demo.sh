# The demonstration: one administrator from the command line, the rest through the public API. Sourced, never run.
# shellcheck shell=bash
demo_password_file=$var/demo/password

# fill_demo ADDRESS DATA_FOLDER: the server answers there. Can be repeated: what is there already stays as it is. Refuses an
# installation that somebody else administers.
fill_demo() {
  ensure_packages demo
  if [[ ! -s $demo_password_file ]]; then
    [[ -e $2/setup-link ]] ||
      die "$2 is in use and was not made by a demonstration. Stop the server and choose another: VIDEA_MOZI__DATA__DIR=… $0 start --demo"
    make_demo_administrator
  fi
  [[ $(setting community registration) == OPEN ]] ||
    die "this server is closed to new members. Stop it and start it again with: $0 start --demo"
  say "Filling it:"
  # On this machine a certificate proves nothing, and it is made for another name.
  NODE_TLS_REJECT_UNAUTHORIZED=0 NODE_NO_WARNINGS=1 DEMO_PASSWORD=$(<"$demo_password_file") node "$root/scripts/demo/fill.mjs" "$1" "$var/demo/films"
  say "Sign in as demo with the password $(<"$demo_password_file") (kept in var/demo/password)."
}

make_demo_administrator() {
  local password
  password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  mkdir -p "$var/demo"
  (cd "$root" && "$binary" user create --username demo --email demo@example.org --role ADMIN --password-stdin) \
    <<<"$password" >"$var/demo/user.log" 2>&1 ||
    { tail -n 5 "$var/demo/user.log" >&2; die "the administrator of the demonstration could not be made"; }
  (umask 077 && printf '%s' "$password" >"$demo_password_file")
}
