import { useState } from 'react'
import { setPassword } from '../api/accounts'
import { FormDialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

/** Sets the password of another user. */
export function PasswordDialog({ name, close }: { name: string; close: () => void }) {
  const t = useT()
  const act = useAction()
  const [password, setText] = useState('')
  return (
    <FormDialog
      title={t('resetPasswordOf', { name })}
      action={t('save')}
      disabled={password.length < 8}
      close={close}
      submit={() => void act(() => setPassword(name, password), t('saved')).then((ok) => ok && close())}
    >
      <p className="soft">{t('resetPasswordText')}</p>
      <label className="field">
        {t('newPassword')}
        <input
          className="input"
          type="password"
          required
          minLength={8}
          maxLength={1024}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
    </FormDialog>
  )
}
