"""French words about opting out."""

WORDS = {
    "stop": "arret,arrete,arretes,arretez,arreter,areter,aretez,arettez,arrettez,cesse,cesser,cessez,stoppez,"
    "stopper,stope,stoper,stopez,stoppe,ras le bol,ca suffit,suffit,assez,halte,evitez,eviter",
    "end": "marre de,en ai marre,j en ai assez,desactiver,desactivez,annuler,annulez,marre,resilier,resiliez,"
    "suspendre,fini,terminez,mettez fin,mettre fin,assez de,ras le bol de,fatigue de",
    "not": "ne,n,pas,pas de,plus de,plus aucun,aucun,aucune,jamais,ni,non,sans,nplus,j en veux plus,"
    "veux plus,souhaite plus,desire plus,veut plus,jveux plus,jveu plus,veux pu,veux pas,j veux plus,"
    "jveux plus de,je veux plus de",
    "send": "envoy*,envoi,envois,envoie*,menvoy*,envoyé,ecri*,mecri*,ecrir*,contact*,mcontact*,mecontact*,"
    "texter,textez,texte moi,message*r,sollicit*,derang*,embet*,harcel*,spamm*,spam*,relanc*,"
    "recontact*,demarch*,adress*,importun*",
    "receive": "recevoir,reçevoir,recois,resevoir,recevrais,reçoive,recoive,avoir de vos nouvelles,"
    "entendre parler,etre contact*,etre sollicit*,etre demarch*,etre derang*",
    "call": "appel*,mappel*,telephon*,rappel*,phoner",
    "message": "message*,msg,msgs,mesages,mesage,sms,texto,textos,pub,pubs,publicite,publicites,notification*,"
    "notif,notifs,promo,promos,promotions,offres,alertes,spam,spams,vos conneries,ces trucs,annonces,"
    "sollicitations,communications,vos textes,ce service,vos messages,demarchage",
    "me": "me,m,moi,nous,mon telephone,ce num,ce tel",
    "more": "plus,jamais,encore,de nouveau,desormais,dorenavant,plus jamais,a nouveau,aucun,aucune,du tout",
    "want": "veux,veut,voudrais,souhaite,souhaiterais,desire,souhaites,envie,besoin,accepte,autorise,consens,"
    "ai demande,demande,aimerais,interesse de recevoir",
    "remove": "supprim*,retir*,enlev*,effac*,eliminez,ray*,radi*,oter,otez,vire*,desinscr*",
    "list": "liste*,base,base de donnees,fichier*,repertoire*,contacts,mon numero,ce numero,mon num,"
    "mes coordonnees,mes donnees,mon nom,vos donnees,diffusion,mailing,votre systeme,mon contact,"
    "mon abonnement,annuaire,mon tel,mon portable",
    "unsubscribe": "desabon*,desinscri*,desincri*,resilier mon abonnement,resilier l abonnement,me desabon*,"
    "me desinscri*,annuler mon abonnement,annuler l abonnement,annulez mon abonnement,"
    "arreter l abonnement,arret de l abonnement,revoque*,retire mon consentement,"
    "retirer mon consentement,desabo,me desinscrir*,desabonez,desabonner,me retirer,m oppose,"
    "je m oppose,droit d opposition,je fais opposition a,opposition a vos",
    "bother": "embet*,harcel*,derang*,emmerd*,fais* chier,casser les,soul*,importun*,saoul*,faire chier,gonfl*,"
    "enquiquin*",
    "interested": "interesse,interessee,interessent,interessé",
    "wrong": "mauvais numero,mauvais num,faux numero,faux num,mauvaise personne,trompe* de numero,"
    "trompe* de personne,trompe* de num,trompes de numero,erreur de numero,erreur de destinataire,"
    "erreur de personne,mauvais destinataire,pas la bonne personne,pas le bon numero,pas la personne,"
    "pas le bon destinataire,trompez de numero,n est pas le numero de,n est plus le numero de,"
    "pas le numero de,plus le numero de,connais pas de,je ne suis pas _ vous vous,erreur de num,"
    "ce n est pas le numero,c est plus le numero,c est pas le numero,ce n est pas le telephone",
    "leave": "laissez moi tranquil,laisse moi tranquil,foutez moi la paix,fichez moi la paix,"
    "laissez moi tranquille,laisse moi tranquille,fichez moi la paix,foutez moi la paix,"
    "fous moi la paix,fiche moi la paix,laissez moi en paix,laisse moi en paix,lachez moi,lache moi,"
    "laissez nous tranquilles,fouter moi la paix,foutez nous la paix,arretez de me faire chier,"
    "laisser moi tranquille,me laisser tranquille,me foutre la paix,degagez de mon tel*",
    "clear": "oubliez mon numero,oublie mon numero,perdez mon numero,supprimez mon numero,supprime mon numero,"
    "supprimer mon numero,effacez mon numero,efface mon numero,retirez moi,retire moi,enlevez moi,"
    "enleve moi,rayez moi,supprimez moi,effacez moi,otez moi,retirer mon numero,enlevez mon numero,"
    "virez moi,sortez moi,retirez mon numero,plus de messages,plus de message,plus de sms,"
    "plus de textos,plus de pub,plus de pubs,plus de publicite,plus de spam,plus aucun message,"
    "plus aucun sms,plus de notifications,pas de pub,pas de spam,pas de sms,pas de publicite,stop pub,"
    "stop les messages,stop aux messages,stop aux sms,stop au harcelement,stop les sms,stop les pubs,"
    "stop message,stop messages,stop texto,fini les sms,assez de messages,marre de vos,"
    "ne plus me contacter,ne me contactez,ne me contactez plus,ne plus envoyer,ne plus m envoyer,"
    "ne plus recevoir,plus recevoir,ne m ecrivez plus,ne m ecris plus,ne pas me contacter,"
    "ne plus etre,je refuse de recevoir,refuse vos,plus rien recevoir,plus rien de vous,ne consens,"
    "n autorise pas,hors de votre liste,je veux etre supprim*,je veux etre retir*,"
    "je veux etre desins*,rgpd,dit d arreter,dire d arreter,demande d arreter,oublie mon num,"
    "oubliez mon num,ca suffit arretez,ca suffit arrete,plus jamais de,plus jamais vos,"
    "plus de vos sms,plus de vos messages,plus de vos pubs,etre retire*,etre supprime*,"
    "etre desinscri*,etre desabonn*",
    "unsure": "qui vous a donne mon numero,qui t a donne mon numero,qui vous as donner mon numero,"
    "comment avez vous eu mon numero,comment vous avez eu mon numero,ou avez vous eu mon numero,"
    "comment t as eu mon numero,d ou avez vous mon numero,jamais inscrit,me suis pas inscrit,"
    "me suis jamais inscrit,jamais donne mon numero,pas donne mon numero,jamais demande,"
    "n ai rien demande,rien demande,jamais abonne,pas abonne,pas inscrite,jamais inscrite,"
    "pas interess*,m interesse pas,interesse pas,pas interressé,je vais porter plainte,porter plainte,"
    "je vous signale,je vous bloque,je signale,je vais vous signaler,je vais vous bloquer,"
    "trop de messages,trop de sms,signale a la cnil,cnil",
    "rude": "va te faire,allez vous faire,degage,degagez,casse toi,cassez vous,ta gueule,fermez la,ferme la,"
    "allez au diable,foutez le camp,ca ne m interesse pas,non merci pas interesse,va te faire foutre,"
    "allez vous faire foutre,arrete,ca suffit,pas interesse",
    "ask": "comment,quand,pourquoi,est ce que,ou est,quel,quelle,que se passe,puis je,c est quoi,"
    "que signifie,quoi,a quelle,combien,qui,dois je,faut il,est ce",
    "if": "si",
    "elsewhere": "mail,mails,email,emails,e mail,courriel,courriels,newsletter,newsletters,courrier,lettre,lettres,"
    "catalogue,catalogues,papier,boite aux lettres,whatsapp,facebook,instagram,compte,infolettre,"
    "salle de sport,application",
    "when": "avant,apres,jusqu,jusque,demain,ce soir,pendant,tard,tot,le soir,la nuit,le matin,le dimanche,"
    "dimanche,au travail,week end,weekend,cette semaine,tout de suite,pour l instant,aussi souvent,"
    "si souvent,tous les jours,autant,heure,heures,a cette heure,encore,que le,uniquement,seulement",
    "other": "commande,commandes,rendez vous,rdv,rdvs,reservation,reservations,livraison,bus,train,tram,code,"
    "carte,remboursement,facture,mot de passe,paiement,prelevement*,mon frere,ma soeur,ma mere,"
    "mon pere,ma femme,mon mari,mon fils,ma fille,mon ami,produit,produits,article,articles,panier,"
    "fumer,pleurer,pluie,taille,couleur,photo,photos,colis,adresse,table,chambre,fuite,argent,"
    "virement,reponse,lien,devis,prix,lui,leur,oignons,lait,lumiere,eau,musique,confirmation,sucre,"
    "carottes,fromage,confirmations,internet,contrat,ligne,assurance,forfait,salle,magazine,mutuelle",
    "you": "te,vous,toi,t",
    "quote": "repondez,repondre,dit,disait,ecrit,mot,tapez,taper,envoyez stop,envoyer stop,stop au,"
    "pour vous desabonner,pour se desabonner,pour se desinscrire,pour me desabonner,"
    "pour ne plus recevoir,signifie",
    "fine": "plutot,a la place,adore,au lieu",
    "please": "svp,s il vous plait,s il te plait,stp,s v p,merci,bonjour,bonsoir,salut,maintenant,immediatement,"
    "de suite,tout de suite,urgent,merci d,merci de,veuillez,priere de,je vous prie,cordialement,"
    "putain,merde,bordel,de,d,alors,bon,la,sil vous plait,sil te plait,enfin,une bonne fois,"
    "pour de bon,definitivement,je vous demande,je,je vous en prie,mince,connards,connard,pouvez vous,"
    "peux tu,pourriez vous,il faut,vous pouvez,voulez vous,merci bien,bonne journee,a l avenir,a vous,"
    "vous etes,des maintenant,combien de fois",
    "never": "arret de bus,arret du bus,arret de tram,arret maladie,prochain arret,arret du metro,"
    "n arretez pas,n arrete pas,ne vous arretez pas,ne t arrete pas,ne cesse,pas arreter,sans arret,"
    "ne stoppez pas,n annulez pas,ne supprimez pas,ne me supprimez pas,n oubliez pas,ne t inquiete,"
    "ne vous inquietez,ne me desabon*,ne me desins*,pas recu,pas encore recu,rien recu,jamais recu,"
    "n ai pas recu,n ai plus recu,ne recois plus,recois plus,recois pas,ne recois pas,recois rien,"
    "pas de souci,pas de soucis,pas de probleme,plus de details,plus d infos,plus d information,"
    "plus d informations,plus tard,plus ou moins,plus grand,plus petit,plus vite,plus de temps,"
    "plus cher,plus tot,non plus,en plus,plus besoin,envoyez moi,envoie moi,envoyer moi,m envoyer le,"
    "m envoyer la,m envoyer un,m envoyer une,pourquoi,ecrivez moi,ecris moi,appelez moi,rappelez moi,"
    "contactez moi,contacter moi,recontactez moi,laissez moi un,laisse moi un,laisser un message,"
    "laissez un message,annuler mon rdv,annuler mon rendez vous,annuler ma commande,"
    "annuler ma reservation,annuler ma,annuler mon,annuler une,assez de temps,"
    "j ai arrete de,arrete de fumer,arreter de fumer,stop covid,mauvais numero de,mauvais numero sur,"
    "donne le mauvais numero,donne un mauvais numero,donne un faux numero,s abonner,m abonner,"
    "pas grave,pas de quoi,n a pas,il n,pas pu,m avez jamais,n a plus,pas envoye,pas repondu,"
    "aucun probleme,aucun souci,mon numero est,m avez pas envoye,m avez pas repondu,"
    "n avez pas repondu,n avez pas envoye,m avez pas rappele,n avez pas rappele",
    "and": "et,mais",
}
