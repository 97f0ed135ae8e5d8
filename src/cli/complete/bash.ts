/**
 * The completion for bash. It takes nothing but bash: no package of functions, and no `eval`, which would run what stands on
 * the command line. Where bash breaks words at ":" and "=", it replaces only what is behind the last of them.
 */
export const BASH = `# bash completion for maintenancemode
_maintenancemode() {
  local line="\${COMP_LINE:0:COMP_POINT}" breaks="\${COMP_WORDBREAKS//[^:=]}"
  local current prefix="" skip="" out directive completion
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  out="$(maintenancemode complete -- "\${words[@]:1}" 2> /dev/null)" || return
  directive="\${out##*:}"
  out="\${out%:*}"
  (( directive & 2 )) && compopt -o nospace 2> /dev/null
  if [[ $current == --*=* ]]; then
    [[ $breaks == *=* ]] || prefix="\${current%%=*}="
    current="\${current#*=}"
  fi
  [[ -n $breaks ]] && skip="\${current%"\${current##*[$breaks]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r completion _; do
    [[ -n $completion && $completion == "$current"* ]] && COMPREPLY+=("$prefix\${completion#"$skip"}")
  done <<< "$out"
}
complete -F _maintenancemode maintenancemode
`;
