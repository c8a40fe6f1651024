import type { PermissionLevel } from '../api/types'

const TONES: Record<PermissionLevel, string> = {
  READ: '',
  USE: '',
  EDIT: 'good',
  MANAGE: 'accent',
  DENY: 'bad',
  NO_PERMISSIONS: 'warn',
}

/** A permission level. The names are MLflow's and those of the command line, so they are not translated. */
export function LevelChip({ level }: { level: PermissionLevel }) {
  return <span className={`chip ${TONES[level]}`}>{level}</span>
}
