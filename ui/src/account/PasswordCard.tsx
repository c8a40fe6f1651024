import { useState } from 'react'
import { setPassword } from '../api/accounts'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

/** Changes the password of the signed-in user. The server ends all sessions, so the page asks to sign in again. */
export function PasswordCard({ user }: { user: string }) {
  const t = useT()
  const act = useAction()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const differs = again !== '' && next !== again
  const submit = () =>
    void act(() => setPassword(user, next, current), t('passwordChanged')).then((ok) => ok && location.reload())
  return (
    <section className="card" aria-label={t('changePassword')}>
      <header>
        <h2>{t('changePassword')}</h2>
      </header>
      <form
        className="body stack"
        style={{ gap: 10 }}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <input type="text" name="username" autoComplete="username" value={user} readOnly hidden />
        <PasswordField label={t('currentPassword')} kind="current-password" value={current} onChange={setCurrent} />
        <PasswordField label={t('newPassword')} kind="new-password" value={next} onChange={setNext} />
        <PasswordField
          label={t('newPasswordAgain')}
          kind="new-password"
          value={again}
          onChange={setAgain}
          invalid={differs}
        />
        <p className="faint">{differs ? t('passwordsDiffer') : t('passwordHint')}</p>
        <div>
          <button className="btn primary" disabled={!current || next.length < 8 || next !== again}>
            {t('changePassword')}
          </button>
        </div>
      </form>
    </section>
  )
}

function PasswordField({
  label,
  kind,
  value,
  invalid,
  onChange,
}: {
  label: string
  kind: 'current-password' | 'new-password'
  value: string
  invalid?: boolean
  onChange: (text: string) => void
}) {
  return (
    <label className="field">
      {label}
      <input
        className={invalid ? 'input invalid' : 'input'}
        type="password"
        required
        maxLength={1024}
        minLength={kind === 'new-password' ? 8 : undefined}
        autoComplete={kind}
        aria-invalid={invalid}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
