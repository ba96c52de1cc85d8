# What is released: a Debian package, a tar archive of the executable with its libraries, and checksums of both. Sourced, never run.
# shellcheck shell=bash
package_dir=$root/build/package

# package: builds them into build/package.
package() {
  local version arch
  ensure_packages build run package
  if [[ -f $root/build/release/CMakeCache.txt ]]; then configure_preset release; else configure_preset release -DMOZI_TESTS=OFF; fi
  run_ninja release videa-mozi
  rm -rf "$package_dir"
  mkdir -p "$package_dir"
  # The same commit packs the same bytes.
  SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md")
  export SOURCE_DATE_EPOCH
  version=$(package_version)
  arch=$(dpkg --print-architecture)
  install -D -m 755 "$binary" "$package_dir/work/videa-mozi"
  strip --strip-unneeded "$package_dir/work/videa-mozi"
  pack_deb "$version" "$arch"
  pack_tar "$version" "$arch"
  rm -rf "$package_dir/work"
  (cd "$package_dir" && sha256sum -- * >SHA256SUMS)
  say "Packed, in build/package:"
  (cd "$package_dir" && du -h -- * | sed 's/^/  /')
}

# The executable's version; between two versions the commit as well, which sorts before the version that it leads to.
package_version() {
  local version
  version=$("$binary" version | awk '{print $2; exit}')
  if ! git -C "$root" rev-parse --git-dir >/dev/null 2>&1 || [[ $(git -C "$root" tag --points-at HEAD) == *"v$version"* ]]; then
    echo "$version"
  else
    echo "$version~git$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M).$(git -C "$root" rev-parse --short HEAD)"
  fi
}

# settings_for FOLDER FILE: every setting with its explanation, and data.dir.
settings_for() {
  "$binary" config example | sed "s|^#dir = \"data\"\$|dir = \"$1\"|" >"$2"
  grep -qxF "dir = \"$1\"" "$2" || die "config example names data.dir in another way than it did"
}

# pack_deb VERSION ARCHITECTURE
pack_deb() {
  local tree=$package_dir/work/deb depends size
  install -D -m 755 "$package_dir/work/videa-mozi" "$tree/usr/bin/videa-mozi"
  install -D -m 644 "$root/config/systemd/videa-mozi.service" "$tree/lib/systemd/system/videa-mozi.service"
  mkdir -p "$tree/etc" "$tree/DEBIAN"
  settings_for /var/lib/videa-mozi "$tree/etc/videa-mozi.toml"
  chmod 640 "$tree/etc/videa-mozi.toml"
  local doc=$tree/usr/share/doc/videa-mozi
  install -D -m 644 "$root/LICENSE" "$doc/copyright"
  install -D -m 644 "$root/docs/operations.md" "$doc/operations.md"
  gzip -9n <"$root/CHANGELOG.md" >"$doc/changelog.gz"
  mkdir -p "$doc/examples"
  cp -r "$root/config/prometheus" "$root/config/grafana" "$root/config/systemd" "$doc/examples/"
  find "$doc" -type f -exec chmod 644 {} +
  # What the executable is linked with, in the packages and from the versions that Debian's own records name.
  mkdir -p "$package_dir/work/debian"
  printf 'Source: videa-mozi\n\nPackage: videa-mozi\nArchitecture: any\n' >"$package_dir/work/debian/control"
  depends=$(cd "$package_dir/work" && dpkg-shlibdeps -O videa-mozi 2>"$package_dir/work/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p') || true
  [[ -n $depends ]] || { tail -n 5 "$package_dir/work/shlibdeps.log" >&2; die "dpkg-shlibdeps does not say what the executable needs"; }
  size=$(du -sk --apparent-size "$tree" | cut -f 1)
  cat >"$tree/DEBIAN/control" <<TEXT
Package: videa-mozi
Version: $1
Architecture: $2
Maintainer: $(git -C "$root" log -1 --format='%an <%ae>' 2>/dev/null || echo "VideaMozi <root@localhost>")
Section: video
Priority: optional
Installed-Size: $size
Depends: $depends, ffmpeg, ca-certificates, passwd, init-system-helpers (>= 1.54~)
Description: film and series community of your own
 Upload, watch, talk, look after each other: one executable with its web
 interface, one data folder. Films are prepared by ffmpeg in a jail.
TEXT
  echo /etc/videa-mozi.toml >"$tree/DEBIAN/conffiles"
  install -m 755 "$root"/config/debian/{postinst,prerm,postrm} "$tree/DEBIAN/"
  (cd "$tree" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$tree" "$package_dir/videa-mozi_$1_$2.deb" >/dev/null
}

# pack_tar VERSION ARCHITECTURE: for other systems with the same or a newer C library. ffmpeg is theirs.
pack_tar() {
  local name=videa-mozi-${1//\~/-}-linux-$2 tree=$package_dir/work/tar library owner
  tree+=/$name
  install -D -m 755 "$package_dir/work/videa-mozi" "$tree/bin/videa-mozi"
  mkdir -p "$tree/lib" "$tree/licences"
  while read -r library; do
    # The C library has to be the system's: it belongs to the loader.
    [[ ${library##*/} =~ ^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv))\.so ]] && continue
    install -m 644 "$(realpath "$library")" "$tree/lib/${library##*/}"
    owner=$(dpkg-query -S "$(realpath "$library")" 2>/dev/null || dpkg-query -S "$library" 2>/dev/null || true)
    owner=${owner%%:*}
    [[ -z $owner || ! -e /usr/share/doc/$owner/copyright ]] || install -m 644 "$(realpath "/usr/share/doc/$owner/copyright")" "$tree/licences/$owner"
  done < <(ldd "$binary" | sed -nE 's/.* => (\/[^ ]*) \(0x.*/\1/p')
  # Found beside it wherever it is unpacked, by the libraries as well, and by nothing else that it starts.
  patchelf --force-rpath --set-rpath "\$ORIGIN/../lib" "$tree/bin/videa-mozi"
  settings_for /var/lib/videa-mozi "$tree/videa-mozi.toml"
  cp "$root"/{LICENSE,CHANGELOG.md,docs/operations.md} "$tree/"
  sed "s|/usr/bin/videa-mozi|/opt/$name/bin/videa-mozi|" "$root/config/systemd/videa-mozi.service" >"$tree/videa-mozi.service"
  tar -C "$package_dir/work/tar" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cJf "$package_dir/$name.tar.xz" "$name"
}
