import type { Messages } from "../../messages.ts";

/** Brazilian Portuguese, português brasileiro. */
export const ptBR: Messages = {
  title: "Site em manutenção",
  text: "Estamos fazendo uma manutenção e voltaremos em breve.",
  readOnlyTitle: "Somente leitura durante a manutenção",
  readOnlyText:
    "Estamos fazendo uma manutenção. Você pode consultar tudo normalmente, mas, por enquanto, não é possível fazer alterações.",
  expected: "Previsão de retorno: {time}",
  waiting: "Você pode deixar esta página aberta. Ela levará você de volta assim que o site estiver disponível.",
  notSent:
    "Os dados que você enviou não foram salvos. Por favor, volte e envie-os novamente quando o site estiver disponível.",
  retry: "Tentar novamente",
  goBack: "Voltar ao formulário",
  available: "O site está disponível novamente.",
  contact: "Contato",
  accessCode: "Código de acesso",
  enter: "Continuar",
  wrongCode: "O código de acesso está incorreto.",
  planned: "Manutenção programada: de {start} a {end}",
  plannedOpen: "Manutenção programada: a partir de {start}",
};
