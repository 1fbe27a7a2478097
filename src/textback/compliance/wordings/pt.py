"""Portuguese words about opting out."""

WORDS = {
    "stop": "pare,parem,parar,parar de,para com,para ja,para por favor,parem de,pare de,para de,chega de,"
    "deixe de,deixem de,deixa de,deixar de,cessem,cesse,evitem,evite,parem com,pare com,interrompam,"
    "suspendam",
    "end": "cancela,cancele,cancelem,cancelar,desativa,desative,desativem,desativar,cansado de,cansada de,"
    "farto de,farta de,encerrar,encerre,interromper,suspender,saco cheio,cancelamento",
    "not": "nao,n,naum,nunca,jamais,nem,sem,nenhum,nenhuma,num,nada de,ñ",
    "send": "envi*,mand*,escrev*,contat*,contact*,mensage*,msg*,text*,spam*,enche*,perturb*,incomod*,voltem a,"
    "volte a,voltar a,entrem em contato,entre em contato,entrar em contato,entrem em contacto,"
    "entrar em contacto,entre em contacto",
    "receive": "receber,recebendo,recebo,recever,ser contatad*,ser contactad*,saber de voces,ouvir de voces",
    "call": "lig*,telefon*,chamad*",
    "message": "mensagem,mensagens,msg,msgs,msn,mensagems,mensajens,sms,torpedo,torpedos,textos,propaganda,"
    "propagandas,promocoes,promocao,ofertas,notificacoes,avisos,alertas,spam,publicidade,anuncios,zap,"
    "isso,essas coisas,este servico,esse servico,comunicacoes,essa merda,essa porcaria",
    "me": "me,mim,meu celular,nos,este telefone,este telemovel,pra mim,para mim",
    "more": "mais,nunca mais,jamais,outra vez,de novo,novamente,nenhuma,nenhum,tantas,ja",
    "want": "quero,desejo,qro,kero,gostaria,preciso,autorizo,autorizei,aceito,pedi,solicitei,concordo,"
    "consinto,queria,dou permissao,pretendo,interesse em",
    "remove": "remov*,retir*,exclu*,apag*,elimin*,tir*,delet*,risc*,sai*",
    "list": "lista,listas,base de dados,banco de dados,cadastro,sistema,contatos,contactos,agenda,registros,"
    "registos,meu numero,este numero,esse numero,meus dados,meu nome,meu telefone,meu contato,"
    "meu telemovel,grupo,mailing,assinatura,inscricao,meu contacto",
    "unsubscribe": "descadastr*,desinscrev*,cancelar inscricao,cancelar a inscricao,cancelar minha inscricao,"
    "cancelar assinatura,cancelar a assinatura,cancelar minha assinatura,cancelem minha inscricao,"
    "cancele minha inscricao,cancelar subscricao,cancelar a subscricao,anular subscricao,"
    "anular a subscricao,cancelar a minha subscricao,cancelem a minha subscricao,sair da lista,"
    "quero sair,desejo sair,sair dessa lista,sair desta lista,sair por favor,sair pfv,dar baixa,"
    "revogo,retiro meu consentimento,retiro o meu consentimento,retirar o consentimento,desassin*,"
    "desubscrev*,deixar de receber,cancelar cadastro,cancelar meu cadastro,cancelar o cadastro,"
    "me tire,me tira,me tirem,me remov*,me exclu*,desinscri*,lgpd",
    "bother": "incomod*,perturb*,ench*,encher,assedi*,importun*,chat*,aborrec*,encham,enchendo,incomodar,"
    "chateiem,chateie,massacr*",
    "interested": "interesse,interessa,interessado,interessada,interessad*,interesado",
    "wrong": "numero errado,num errado,pessoa errada,numero incorreto,enganou de numero,enganaram no numero,"
    "enganou no numero,numero enganado,engano,enganado no numero,foi engano,nao sou essa pessoa,"
    "nao sou a pessoa,nao e o numero d*,nao e mais o numero d*,este numero nao e d*,"
    "esse numero nao e d*,este numero ja nao e,nao conheco nenhum*,contato errado,numero trocado,"
    "ligou errado,mandou errado,errou o numero,errou de numero,erraram o numero,telefone errado,"
    "enganou se no numero,enganaram se no numero,nao e mais do,nao e mais da,nao e o telefone d*,"
    "nao e mais o telefone,aqui nao e a,aqui nao e o,nao e o celular d*",
    "leave": "deixem me em paz,deixe me em paz,me deixa em paz,me deixe em paz,me deixem em paz,"
    "deixa me em paz,me deixa quieto,me deixa quieta,me erra,larga do meu pe,larguem do meu pe,"
    "me esquece,me esquecam,me esqueca,nao me perturb*,nao me incomod*,nao perturb*,nao incomod*,"
    "nao me encha*,para de encher,parem de encher,deixem nos em paz,sai do meu pe,nao enche,"
    "nao me chateiem,nao me aborrec*,deixa eu em paz",
    "clear": "remova meu numero,removam meu numero,remove meu numero,apague meu numero,apaguem meu numero,"
    "apaga meu numero,apaguem o meu numero,apague o meu numero,exclua meu numero,excluam meu numero,"
    "exclui meu numero,tire meu numero,tirem meu numero,tira meu numero,retire meu numero,"
    "retirem meu numero,retirem o meu numero,retire o meu numero,removam o meu numero,"
    "remova o meu numero,eliminem o meu numero,esquece meu numero,esqueca meu numero,"
    "esquecam meu numero,esquecam o meu numero,perde meu numero,percam o meu numero,deleta meu numero,"
    "delete meu numero,removam me,remova me,retirem me,retire me,tirem me,tire me,eliminem me,"
    "apaguem me,nao mande mais,"
    "nao mandem mais,nao manda mais,nao envie mais,nao enviem mais,nao envia mais,nao me mand*,"
    "n me mand*,nao me envi*,nao me escrev*,nao me contat*,nao me contact*,nao escrev* mais,"
    "nao mandar mais,nao enviar mais,sem mais mensagens,sem mensagens,chega de mensagens,chega de msg,"
    "chega de sms,chega de spam,chega de propaganda,chega de mensagem,nao autorizo,nao autorizei,"
    "nao me ligu*,nao consinto,fora da lista,parem de mandar,pare de mandar,"
    "para de mandar,parem de enviar,pare de enviar,stop mensagens,mais nenhuma mensagem,"
    "nenhuma mensagem mais,nem mais uma mensagem,nao entre* em contato,nao entre* em contacto,"
    "nao voltem a,nao volte a,basta de mensagens,basta de msg,basta de sms,ser removid*,ser retirad*,"
    "ser apagad*,que me tirem,que me removam",
    "unsure": "quem te deu meu numero,quem deu meu numero,quem passou meu numero,quem vos deu o meu numero,"
    "quem lhes deu o meu numero,como conseguiram meu numero,como conseguiu meu numero,"
    "onde conseguiram meu numero,onde pegaram meu numero,onde arranjaram o meu numero,"
    "como tem meu numero,como obtiveram o meu numero,nunca me inscrevi,nao me inscrevi,"
    "nao me cadastrei,nunca me cadastrei,nunca dei meu numero,nao dei meu numero,nunca pedi,"
    "nao pedi isso,nunca me registei,nao me registei,nunca subscrevi,nao tenho interesse,"
    "sem interesse,nao me interess*,nao estou interessad*,n tenho interesse,nao interessa,"
    "vou denunciar,vou bloquear,vou te bloquear,vou fazer queixa,vou processar,vou reclamar no procon,"
    "procon,anatel,muitas mensagens,tantas mensagens,mensagens demais,que saco,que chato,que chatice",
    "rude": "vai se foder,vao se foder,vai te foder,vao a merda,vai a merda,some,sumam,cala a boca,"
    "va para o inferno,vai pro inferno,nao tenho interesse,nao me interessa,sem interesse,desaparece,"
    "desaparecam,cai fora,vaza,chega,ja chega",
    "ask": "como,quando,por que,porque,pq,posso,onde,o que acontece,que acontece,qual,o que,a que horas,quem,"
    "quanto,devo,sera que",
    "if": "se",
    "elsewhere": "email,emails,e mail,e mails,newsletter,correio,carta,cartas,catalogo,whatsapp,facebook,instagram,"
    "papel,conta,academia,ginasio,boletim,aplicativo,app",
    "when": "antes,depois,ate,amanha,hoje,hoje a noite,durante,tao tarde,tao cedo,de noite,a noite,de manha,"
    "aos domingos,domingo,no trabalho,fim de semana,esta semana,ainda,agora nao,por enquanto,"
    "tantas vezes,todo dia,todos os dias,a esta hora,essa hora,uma hora dessas,so,apenas",
    "other": "pedido,pedidos,encomenda,encomendas,consulta,consultas,horario,agendamento,reserva,reservas,"
    "entrega,onibus,autocarro,trem,comboio,codigo,cartao,reembolso,fatura,senha,pagamento,cobranca,"
    "cobrancas,cobrar,meu irmao,minha irma,minha mae,meu pai,minha esposa,meu marido,minha mulher,"
    "meu filho,minha filha,produto,produtos,item,itens,carrinho,fumar,chorar,chover,tamanho,cor,foto,"
    "fotos,pacote,endereco,mesa,quarto,dinheiro,transferencia,pix,resposta,link,orcamento,preco,lhe,"
    "ele,ela,cebola,leite,luz,agua,musica,confirmacao,acucar,marcacao,internet,contrato,linha,seguro,"
    "plano,academia,revista,ginasio",
    "you": "te,voce,vc,voces,vcs,vos",
    "quote": "responda,responde,diz,dizia,escrito,palavra,para cancelar,para sair,para nao receber,significa,"
    "envie sair,envie stop,envie parar,digite",
    "fine": "em vez,no lugar,adoro,amo,prefiro por,ao inves",
    "please": "por favor,porfavor,pfv,pf,pfvr,pff,por gentileza,obrigado,obrigada,obg,ola,oi,agora,ja,"
    "imediatamente,urgente,bom dia,boa tarde,boa noite,gentileza,favor,solicito,peco,de uma vez,porra,"
    "merda,caralho,cacete,gente,pessoal,de,que,pra sempre,para sempre,de vez,definitivamente,moco,"
    "moca,cara,mano,saco,podem,pode,poderiam,poderia,vc pode,vlw,valeu,grato,grata,pelo amor de deus,"
    "da minha,quantas vezes",
    "never": "parada de,nao pare,nao parem,nao para de,nao deixe,nao deixem,sem parar,nao cancel*,nao remov*,"
    "nao apag*,nao recebi,nao recebi mais,ainda nao recebi,nao recebo,nao recebo mais,"
    "nao estou recebendo,nunca recebi,nao chegou,nao chegaram,nao me mandou,nao me mandaram,"
    "nao me enviaram,nao me escreveu,nao me respond*,nao me ligaram,nao se preocup*,nao esquec*,"
    "nao precisa,nao sei,nao consigo,nao posso,nao tem mais,nao da mais,para o,para a,para os,para as,"
    "para um,para uma,para que,para quando,para hoje,para amanha,para mim um,para 2,para 3,para 4,"
    "para dois,para quatro,para levar,para buscar,para fazer,para marcar,para saber,para ver,"
    "para comprar,para pagar,para viagem,me mande,me manda,me mandem,me envie,me envia,me enviem,"
    "me liga,me ligue,me liguem,envie me,enviem me,escrev* me,me escreva,ligue me,contate me,"
    "deixar uma mensagem,deixa uma mensagem,deixe uma mensagem,deixar recado,mais tarde,"
    "mais informacoes,mais informacao,mais ou menos,mais barato,mais caro,mais um,mais uma,"
    "numero errado de,numero errado no,dei o numero errado,passei o numero errado,"
    "coloquei o numero errado,cancelar minha consulta,cancelar a consulta,cancelar meu pedido,"
    "cancelar o pedido,cancelar a reserva,cancelar minha reserva,cancelar meu,"
    "cancelar minha,por engano,comprei por engano,quero sair de casa,sair de casa,sair para,vou sair,"
    "sair as,posso sair,sair mais cedo,sair do trabalho,basta que,meu numero e",
    "and": "e,mas,alias",
}
