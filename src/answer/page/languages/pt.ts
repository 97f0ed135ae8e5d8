import type { Messages } from "../../messages.ts";

/** European Portuguese, português europeu. */
export const pt: Messages = {
  title: "Site em manutenção",
  text: "Estamos a realizar trabalhos de manutenção. O site estará novamente disponível em breve.",
  readOnlyTitle: "Apenas leitura durante a manutenção",
  readOnlyText:
    "Estamos a realizar trabalhos de manutenção. Pode consultar tudo como habitualmente, mas, de momento, não é possível fazer alterações.",
  expected: "Regresso previsto: {time}",
  waiting: "Pode deixar esta página aberta: voltará automaticamente ao site assim que este estiver disponível.",
  notSent:
    "Os dados que enviou não foram guardados. Por favor, volte atrás e envie-os novamente quando o site estiver disponível.",
  retry: "Tentar novamente",
  goBack: "Voltar ao formulário",
  available: "O site está novamente disponível.",
  contact: "Contacto",
  accessCode: "Código de acesso",
  enter: "Continuar",
  wrongCode: "O código de acesso não está correto.",
  planned: "Manutenção programada: de {start} a {end}",
  plannedOpen: "Manutenção programada: a partir de {start}",
};
