import type { Messages } from "../../messages.ts";

/** Spanish, español. */
export const es: Messages = {
  title: "Sitio web en mantenimiento",
  text: "Estamos realizando tareas de mantenimiento. El sitio volverá a estar disponible en breve.",
  readOnlyTitle: "Solo lectura durante el mantenimiento",
  readOnlyText:
    "Estamos realizando tareas de mantenimiento. Puede consultar el sitio con normalidad, pero por el momento no es posible hacer cambios.",
  expected: "Reanudación prevista del servicio: {time}",
  waiting: "Puede dejar esta página abierta: le llevará de vuelta en cuanto el sitio esté disponible.",
  notSent:
    "Los datos que ha enviado no se han guardado. Por favor, vuelva atrás y envíelos de nuevo cuando el sitio esté disponible.",
  retry: "Reintentar",
  goBack: "Volver al formulario",
  available: "El sitio vuelve a estar disponible.",
  contact: "Contacto",
  accessCode: "Código de acceso",
  enter: "Continuar",
  wrongCode: "El código de acceso no es correcto.",
  planned: "Mantenimiento programado: del {start} al {end}",
  plannedOpen: "Mantenimiento programado: a partir del {start}",
};
