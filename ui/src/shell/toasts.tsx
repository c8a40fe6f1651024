import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'
import { errorText } from './errorText'
import { useT } from './settings'

type ShowToast = (text: string, bad?: boolean) => void
const Toasts = createContext<ShowToast>(() => undefined)
export const useToast = () => useContext(Toasts)
export function ToastProvider({ children }: { children: ReactNode }) {
  const [all, setAll] = useState<{ id: number; text: string; bad: boolean }[]>([])
  const say = useCallback<ShowToast>((text, bad = false) => {
    const id = Math.random()
    setAll((before) => [...before, { id, text, bad }])
    setTimeout(() => setAll((before) => before.filter((toast) => toast.id !== id)), bad ? 9000 : 3500)
  }, [])
  return (
    <Toasts.Provider value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {all.map((toast) => (
          <div key={toast.id} className={toast.bad ? 'toast bad' : 'toast'}>
            {toast.text}
          </div>
        ))}
      </div>
    </Toasts.Provider>
  )
}

/** Returns a function that runs an action, shows its error or a text of success, and returns whether it succeeded. */
export function useAction() {
  const say = useToast()
  const t = useT()
  return useCallback(
    async (work: () => Promise<unknown>, done?: string) => {
      try {
        await work()
        if (done) say(done)
        return true
      } catch (error) {
        say(errorText(error, t), true)
        return false
      }
    },
    [say, t],
  )
}
