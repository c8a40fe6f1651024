import type { PermissionLevel } from '../api/types'

/**
 * Reads a grant as the server explains it, such as `EDIT experiment/team-a/* of group:ml by role:editors`. Names of resources can contain the
 * words in between, so it is read from its end.
 */
export function readGrant(text: string): { level: PermissionLevel; resources: string; holders: string[] } {
  const level = text.slice(0, text.indexOf(' ')) as PermissionLevel
  let rest = text.slice(level.length + 1)
  const holders: string[] = []
  for (const marker of [' by role:', ' of user:', ' of group:']) {
    const at = rest.lastIndexOf(marker)
    if (at >= 0) {
      holders.push(rest.slice(at + 4))
      rest = rest.slice(0, at)
    }
  }
  return { level, resources: rest, holders: holders.reverse() }
}
