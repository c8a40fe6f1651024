import { useState } from 'react'
import { FormDialog } from '../shell/Dialog'
import { useT } from '../shell/settings'

/** Asks for the name and the description of a role. */
export function RoleDialog({
  name: initialName = '',
  description: initialDescription = '',
  close,
  save,
}: {
  name?: string
  description?: string
  close: () => void
  save: (name: string, description: string) => Promise<unknown>
}) {
  const t = useT()
  const [name, setName] = useState(initialName)
  const [description, setDescription] = useState(initialDescription)
  return (
    <FormDialog
      title={initialName || t('addRole')}
      action={initialName ? t('save') : t('create')}
      disabled={!name.trim()}
      close={close}
      submit={() => void save(name.trim(), description.trim())}
    >
      <label className="field">
        {t('name')}
        <input
          className="input"
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label className="field">
        {t('description')}
        <input
          className="input"
          maxLength={1024}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </label>
    </FormDialog>
  )
}
