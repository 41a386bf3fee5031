// Hands a file that the server answered to the browser.
export function saveFile(file: unknown, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file as Blob)
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
